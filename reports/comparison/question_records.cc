#include "reports/comparison/question_records.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/error.h"
#include "eval/ledger.h"
#include "runs/folders/run_folder.h"
#include "runs/scores/samples_file.h"
#include "tasks/data_set.h"
#include "tasks/task.h"

namespace vffn {
namespace {

/// Whether a sample is of the doc that the ledger has.
bool HasScoresOf(const Sample& sample, const ScoredDoc& doc) {
  return std::ranges::equal(sample.choices, doc.choices,
                            [](const SampleChoice& choice, const ScoredChoice& scored) {
                              return choice.log_likelihood == scored.LogLikelihood();
                            });
}

/// From all sample files of the task, the latest first: a later process may have scored fewer docs.
QuestionRecords FromSamples(const std::string& task, std::span<const int64_t> doc_ids, const ScoreSet& set) {
  QuestionRecords records;
  if (!set.folder || !set.ledger) {
    return records;
  }
  std::map<int64_t, Doc> docs;
  std::string files;
  for (const std::filesystem::path& path : RunFolder(*set.folder).SamplesOf(task)) {
    const size_t before = docs.size();
    for (Sample& sample : ReadSamplesFile(path).samples) {
      const int64_t id = sample.doc.doc_id();
      const ScoredDoc* scored = set.ledger->FindDoc(task, id);
      if (std::ranges::binary_search(doc_ids, id) && scored != nullptr && HasScoresOf(sample, *scored)) {
        docs.try_emplace(id, std::move(sample.doc));
      }
    }
    if (docs.size() > before) {
      files += (files.empty() ? "" : ", ") + path.filename().string();
    }
    if (docs.size() == doc_ids.size()) {
      for (auto& [id, doc] : docs) {
        records.docs.push_back(std::move(doc));
      }
      records.source = files + " beside the ledger of " + set.name;
      return records;
    }
  }
  return records;
}

QuestionRecords FromData(const std::string& task, std::span<const int64_t> doc_ids,
                         const std::string& data_sha256, const std::filesystem::path& data) {
  QuestionRecords records;
  const TaskFacts& facts = FindTask(task).facts;
  if (!HasDataSet(facts, data)) {
    records.missing = data.string() + " has no data of this task";
    return records;
  }
  DataSet set = OpenDataSet(facts, data, Completeness::kPart);
  if (set.sha256 != data_sha256) {
    records.missing = "the data in " + data.string() + " are not those that were scored (SHA-256)";
    return records;
  }
  for (Doc& doc : set.docs) {
    if (std::ranges::binary_search(doc_ids, doc.doc_id())) {
      records.docs.push_back(std::move(doc));
    }
  }
  VFFN_CHECK(records.docs.size() == doc_ids.size(), set.origin, ": has ", records.docs.size(), " of the ",
             doc_ids.size(), " docs of ", task, " that were scored");
  records.source = "the data in " + data.string();
  return records;
}

std::string DataHashOf(const ScoreSet& set, const std::string& task) {
  return std::ranges::find(set.tasks, task, &TaskScores::task)->data_sha256;
}

}  // namespace

QuestionRecords FindQuestionRecords(const std::string& task, std::span<const int64_t> doc_ids,
                                    const ScoreSet& a, const ScoreSet& b,
                                    const std::optional<std::filesystem::path>& data) {
  for (const ScoreSet* set : {&a, &b}) {
    if (QuestionRecords records = FromSamples(task, doc_ids, *set); !records.docs.empty()) {
      return records;
    }
  }
  QuestionRecords records;
  if (data && std::filesystem::exists(*data)) {
    records = FromData(task, doc_ids, DataHashOf(a, task), *data);
  } else {
    records.missing = data ? "there is no data folder " + data->string() : "no data folder is given";
  }
  return records;
}

}  // namespace vffn
