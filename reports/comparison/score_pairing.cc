#include "reports/comparison/score_pairing.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "base/error.h"
#include "reports/comparison/question_records.h"
#include "reports/comparison/task_clusters.h"

namespace vffn {
namespace {

const TaskScores* TaskOf(const ScoreSet& set, const std::string& task) {
  const auto found = std::ranges::find(set.tasks, task, &TaskScores::task);
  return found == set.tasks.end() ? nullptr : &*found;
}

void CheckSame(const char* what, const std::string& a, const std::string& b, const std::string& place,
               const ScoreSet& a_set, const ScoreSet& b_set) {
  VFFN_CHECK(a == b, place, " cannot be paired: the ", what, " is \"", a, "\" in ", a_set.name, " and \"", b,
             "\" in ", b_set.name);
}

void CheckSameTask(const TaskScores& a, const TaskScores& b, const ScoreSet& a_set, const ScoreSet& b_set) {
  const bool a_ledger = !a.data_sha256.empty(), b_ledger = !b.data_sha256.empty();
  VFFN_CHECK(a_ledger == b_ledger, a.task, " cannot be paired: ", (a_ledger ? a_set : b_set).name,
             " is a ledger and ", (a_ledger ? b_set : a_set).name,
             " a sample file, which does not name its data; log samples of both (vffn eval --log_samples)");
  CheckSame("metric", a.metric, b.metric, a.task, a_set, b_set);
  CheckSame("split", a.split, b.split, a.task, a_set, b_set);
  CheckSame("SHA-256 of the data", a.data_sha256, b.data_sha256, a.task, a_set, b_set);
}

std::string Listing(const std::vector<int64_t>& docs) {
  constexpr size_t kMost = 10;
  std::string text;
  for (size_t i = 0; i < std::min(docs.size(), kMost); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(docs[i]);
  }
  return docs.size() > kMost ? text + " ..." : text;
}

/// The docs of `from` that `other` lacks.
std::vector<int64_t> OnlyIn(const TaskScores& from, const TaskScores& other) {
  std::vector<int64_t> docs;
  std::vector<QuestionScore> only;
  std::ranges::set_difference(from.questions, other.questions, std::back_inserter(only), {},
                              &QuestionScore::doc_id, &QuestionScore::doc_id);
  for (const QuestionScore& question : only) {
    docs.push_back(question.doc_id);
  }
  return docs;
}

void ReportOnly(const TaskScores& from, const TaskScores& other, const ScoreSet& from_set,
                const ScoreSet& other_set, const PairingOptions& options, std::vector<std::string>& notes) {
  const std::vector<int64_t> docs = OnlyIn(from, other);
  if (docs.empty()) {
    return;
  }
  const std::string what = from.task + ": " + std::to_string(docs.size()) +
                           (docs.size() == 1 ? " doc is in " : " docs are in ") + from_set.name +
                           " and not in " + other_set.name + " (" + Listing(docs) + ")";
  VFFN_CHECK(options.common_docs, what, "; score them, or compare what both have with --common_docs");
  notes.push_back(what + "; left out");
}

bool IsSameQuestion(const QuestionScore& a, const QuestionScore& b) {
  return a.asked == b.asked && (!a.gold || !b.gold || a.gold == b.gold);
}

PairedTask PairTask(const TaskScores& a, const TaskScores& b, const ScoreSet& a_set, const ScoreSet& b_set) {
  PairedTask paired{.task = a.task,
                    .metric = a.metric,
                    .accuracy = a.accuracy,
                    .higher_is_better = a.higher_is_better,
                    .counted = a.counted || b.counted};
  auto other = b.questions.begin();
  for (const QuestionScore& question : a.questions) {
    while (other != b.questions.end() && other->doc_id < question.doc_id) {
      ++other;
    }
    if (other == b.questions.end() || other->doc_id != question.doc_id) {
      continue;
    }
    VFFN_CHECK(IsSameQuestion(question, *other), a.task, " cannot be paired: doc ", question.doc_id,
               " is another question in ", a_set.name, " than in ", b_set.name,
               " (prompt, choices or answer differ)");
    paired.questions.push_back(
        {question.doc_id, question.value, other->value, question.margin, other->margin});
  }
  VFFN_CHECK(!paired.questions.empty(), a.task, ": no doc is in both ", a_set.name, " and ", b_set.name);
  return paired;
}

std::vector<int64_t> IdsOf(const PairedTask& paired) {
  std::vector<int64_t> ids;
  for (const PairedQuestion& question : paired.questions) {
    ids.push_back(question.doc_id);
  }
  return ids;
}

/// The tasks whose clusters are not known, by the reason.
using UnknownClusters = std::map<std::string, std::vector<std::string>>;

void UseClusters(TaskClusters clusters, const std::string& source, PairedTask& paired,
                 std::vector<std::string>& notes) {
  paired.clusters = std::move(clusters.ids);
  notes.push_back(paired.task + ": " + std::to_string(clusters.count) + " clusters of " +
                  std::to_string(paired.questions.size()) + " questions (" + clusters.rule +
                  (source.empty() ? "" : "; from " + source) + ")");
}

/// The records of the questions of a sample file.
std::vector<Doc> DocsOf(const TaskScores& scores, const std::vector<int64_t>& ids) {
  std::vector<Doc> docs = scores.docs;
  std::erase_if(docs, [&](const Doc& doc) { return !std::ranges::binary_search(ids, doc.doc_id()); });
  VFFN_CHECK(docs.size() == ids.size(), scores.task, ": ", ids.size(), " questions, but records of ",
             docs.size());
  return docs;
}

void AddClusters(const TaskScores& scores, const ScoreSet& a, const ScoreSet& b,
                 const PairingOptions& options, PairedTask& paired, UnknownClusters& unknown,
                 std::vector<std::string>& notes) {
  const std::vector<int64_t> ids = IdsOf(paired);
  if (auto clusters = ClustersOfPrompts(paired.task, ids)) {
    UseClusters(*std::move(clusters), "", paired, notes);
    return;
  }
  if (ClusterField(paired.task).empty()) {
    return;
  }
  const QuestionRecords records =
      scores.docs.empty() ? FindQuestionRecords(paired.task, ids, a, b, options.data)
                          : QuestionRecords{.docs = DocsOf(scores, ids), .source = "the sample files"};
  if (records.docs.empty()) {
    unknown["the samples beside the ledgers, if there are any, do not have all of them, and " +
            records.missing + "; 'vffn eval --resume --log_samples' writes samples, --data names the data"]
        .push_back(paired.task);
  } else if (auto clusters = ClustersOf(paired.task, records.docs)) {
    UseClusters(*std::move(clusters), records.source, paired, notes);
  } else {
    unknown["their records have no " + std::string(ClusterField(paired.task))].push_back(paired.task);
  }
}

void NoteUnknown(const UnknownClusters& unknown, std::vector<std::string>& notes) {
  for (const auto& [reason, of] : unknown) {
    std::string tasks;
    for (const std::string& task : of) {
      tasks += (tasks.empty() ? "" : ", ") + task;
    }
    notes.push_back(
        tasks +
        ": the questions come in clusters, which were NOT used, so that errors may be too small: " + reason);
  }
}

void NoteMissing(const TaskScores& scores, const ScoreSet& set, std::vector<std::string>& notes) {
  if (scores.missing > 0) {
    notes.push_back(scores.task + ": INCOMPLETE in " + set.name + ", docs missing: " +
                    std::to_string(scores.missing) + "; those scored so far are no fair sample");
  }
}

}  // namespace

ScorePairing PairScores(const ScoreSet& a, const ScoreSet& b, const PairingOptions& options) {
  if (!a.profile.empty() && !b.profile.empty()) {  // sample files tell by what they asked
    VFFN_CHECK(
        a.profile == b.profile, "scores under different profiles cannot be compared: ", a.name, " has ",
        a.profile, ", ", b.name, " has ", b.profile,
        ". Score one of them again (vffn eval --profile), or, if the prompts are the same, compute the "
        "scores of both under one profile: compare --profile");
  }
  ScorePairing pairing;
  UnknownClusters unknown;
  for (const TaskScores& scores : a.tasks) {
    const TaskScores* other = TaskOf(b, scores.task);
    if (other == nullptr) {
      pairing.notes.push_back(scores.task + " is in " + a.name + " only; not compared");
      continue;
    }
    CheckSameTask(scores, *other, a, b);
    ReportOnly(scores, *other, a, b, options, pairing.notes);
    ReportOnly(*other, scores, b, a, options, pairing.notes);
    NoteMissing(scores, a, pairing.notes);
    NoteMissing(*other, b, pairing.notes);
    pairing.tasks.push_back(PairTask(scores, *other, a, b));
    AddClusters(scores, a, b, options, pairing.tasks.back(), unknown, pairing.notes);
  }
  NoteUnknown(unknown, pairing.notes);
  for (const TaskScores& scores : b.tasks) {
    if (TaskOf(a, scores.task) == nullptr) {
      pairing.notes.push_back(scores.task + " is in " + b.name + " only; not compared");
    }
  }
  VFFN_CHECK(!pairing.tasks.empty(), "no task is in both ", a.name, " and ", b.name);
  pairing.notes.insert(pairing.notes.end(), a.notes.begin(), a.notes.end());
  std::ranges::copy_if(b.notes, std::back_inserter(pairing.notes), [&](const std::string& note) {
    return std::ranges::find(a.notes, note) == a.notes.end();  // the same run twice
  });
  return pairing;
}

}  // namespace vffn
