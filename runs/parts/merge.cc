#include "runs/parts/merge.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/file_bytes.h"
#include "base/line_file.h"
#include "runs/parts/part_problems.h"
#include "runs/parts/part_record.h"
#include "runs/parts/trace_merge.h"
#include "runs/scores/results_file.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
constexpr const char* kLedgerFile = "ledger.jsonl";

struct ReadPart {
  RunPart part;
  PartRecord record;
};

std::string DifferencesText(const PartRecord& a, const PartRecord& b) {
  std::string text;
  for (const IdentityDifference& difference : DifferencesOf(a.run.run->identity, b.run.run->identity)) {
    text +=
        (text.empty() ? "" : ", ") + difference.field + " is " + difference.b + " instead of " + difference.a;
  }
  return text.empty() && a.plan_sha256 != b.plan_sha256
             ? "other docs (--tasks, --limit, --data, --profile), or another version of the program"
             : text;
}

/// The records of the parts that were begun and can be read.
std::vector<ReadPart> ReadRecords(std::span<const RunPart> parts, PartProblems& problems) {
  std::vector<ReadPart> read;
  for (const RunPart& part : parts) {
    if (!fs::exists(part.record())) {
      problems.AddUnfinished(part, "nothing is finished");
      continue;
    }
    try {
      read.push_back({part, ReadPartRecord(part.record())});
    } catch (const Error& error) {
      problems.AddDamaged(part, error.what());
    }
  }
  return read;
}

void CheckRecord(const ReadPart& first, const ReadPart& read, PartProblems& problems) {
  const PartRecord& record = read.record;
  if (const std::string text = DifferencesText(first.record, record); !text.empty()) {
    problems.Add(read.part.folder.path().string() + ": is of another run than " +
                 first.part.folder.path().string() + ": " + text + "; give the parts of one run");
    return;
  }
  if (record.shard != read.part.shard) {
    problems.Add(read.part.folder.path().string() + ": was rank " + ToString(record.shard) +
                 " when it was written; give the folder its old name");
  }
  if (!record.finished()) {
    problems.AddUnfinished(read.part, std::to_string(record.docs_scored) + " of " +
                                          std::to_string(record.docs) + " docs are scored");
  }
  if (record.samples != first.record.samples || record.trace.empty() != first.record.trace.empty()) {
    problems.AddUnfinished(read.part, "was run with other options (--log_samples, --trace) than rank " +
                                          std::to_string(first.part.shard.rank));
  }
}

/// Moves a part's docs into the whole run's.
void AddLedger(const ReadPart& read, LedgerContents& whole, PartProblems& problems) {
  LedgerContents ledger;
  try {
    const auto size = static_cast<int64_t>(fs::file_size(read.part.folder.ledger()));
    VFFN_CHECK(size >= read.record.ledger_bytes, "the ledger has ", size, " bytes of ",
               read.record.ledger_bytes);
    ledger = ReadLedger(read.part.folder.ledger());
  } catch (const std::exception& error) {
    problems.AddDamaged(read.part, error.what());
    return;
  }
  int64_t docs = 0;
  for (auto& [task, of_task] : ledger.docs) {
    docs += static_cast<int64_t>(of_task.size());
    std::map<int64_t, ScoredDoc>& all = whole.docs[task];
    all.merge(of_task);
    if (!of_task.empty()) {
      problems.Add(read.part.folder.path().string() + ": " + task + " doc " +
                   std::to_string(of_task.begin()->first) + " is in another part, too");
    }
  }
  if (docs != read.record.docs_scored) {
    problems.AddDamaged(read.part, "the ledger has " + std::to_string(docs) + " docs, part.json says " +
                                       std::to_string(read.record.docs_scored));
  }
  if (whole.header.identity.model_sha256.empty()) {
    whole.header = ledger.header;
  }
}

/// The whole run, with all parts' work.
struct WholeRun {
  LedgerContents ledger;
  std::vector<PartTask> tasks;
  ResultsFile record;
};

WholeRun Join(std::span<const ReadPart> parts, PartProblems& problems) {
  WholeRun whole{.tasks = parts.front().record.tasks, .record = parts.front().record.run};
  RunInfo& info = whole.record.run->info;
  info.scoring = ScoringRecord();
  for (const ReadPart& read : parts) {
    AddLedger(read, whole.ledger, problems);
    const RunInfo& of_part = read.record.run.run->info;
    AddScoring(of_part.scoring.value_or(ScoringRecord()), *info.scoring);
    info.start_seconds = std::min(info.start_seconds, of_part.start_seconds);
    info.elapsed_seconds = std::max(info.elapsed_seconds, of_part.elapsed_seconds);
  }
  problems.Check();
  for (const PartTask& part : whole.tasks) {
    whole.ledger.tasks.push_back(part.task);
    const size_t docs = whole.ledger.docs[part.task.name].size();
    VFFN_CHECK(static_cast<int64_t>(docs) == part.task.docs, "the parts have ", docs, " docs of ",
               part.task.name, ", which are ", part.task.docs);
  }
  return whole;
}

/// As one process writes it: the header, all tasks, then the docs in their order.
std::string LedgerText(const LedgerContents& ledger, const RunPart& first) {
  LineFile lines(first.folder.ledger());
  std::string text(*lines.Next());
  text += "\n";
  for (const LedgerTask& task : ledger.tasks) {
    text += FormatRow(task) + "\n";
  }
  for (const LedgerTask& task : ledger.tasks) {
    for (const auto& [id, doc] : ledger.docs.at(task.name)) {
      text += FormatRow(doc) + "\n";
    }
  }
  return text;
}

Results ResultsOf(const WholeRun& whole) {
  std::vector<TaskDocs> tasks;
  for (const PartTask& part : whole.tasks) {
    TaskDocs& task = tasks.emplace_back(TaskDocs{.task = part.task});
    for (const auto& [id, doc] : whole.ledger.docs.at(part.task.name)) {
      task.docs.push_back(&doc);
    }
  }
  Results results =
      ComputeResults(FindProfile(whole.record.run->profile), whole.ledger.header.identity, tasks);
  for (size_t i = 0; i < whole.tasks.size(); ++i) {
    results.tasks[i].task_hash = whole.tasks[i].task_hash;
  }
  return results;
}

/// The lines of all parts' sample files of a task, by doc.
std::string SamplesText(std::span<const ReadPart> parts, const LedgerTask& task) {
  std::map<int64_t, std::string> lines;
  for (const ReadPart& read : parts) {
    const fs::path path = read.part.samples(task.name);
    if (!fs::exists(path)) {
      continue;  // none of the docs is of this task
    }
    LineFile file(path);
    while (const auto line = file.Next()) {
      int64_t id = 0;
      constexpr std::string_view kStart = R"({"doc_id":)";
      VFFN_CHECK(line->starts_with(kStart), file.Origin(), ": not a line of samples that vffn wrote");
      std::from_chars(line->data() + kStart.size(), line->data() + line->size(), id);
      lines[id] = *line;
    }
  }
  VFFN_CHECK(static_cast<int64_t>(lines.size()) == task.docs, "the parts have samples of ", lines.size(),
             " docs of ", task.name, ", which are ", task.docs,
             "; run the ranks again (--resume), which writes them");
  std::string text;
  for (const auto& [id, line] : lines) {
    text += line + "\n";
  }
  return text;
}

void WriteTrace(std::span<const ReadPart> parts, const LedgerContents& ledger, const fs::path& output) {
  std::vector<fs::path> traces;
  for (const ReadPart& read : parts) {
    traces.push_back(read.part.folder.trace());
  }
  std::vector<std::pair<std::string, int64_t>> docs;
  for (const LedgerTask& task : ledger.tasks) {
    for (const auto& [id, doc] : ledger.docs.at(task.name)) {
      docs.emplace_back(task.name, id);
    }
  }
  MergeTraces(traces, docs, output);
}

MergedRun WriteAll(const MergeOptions& options, std::span<const ReadPart> parts, const WholeRun& whole) {
  const PartRecord& first = parts.front().record;
  const RunFolder folder(options.output);
  const std::string ledger = LedgerText(whole.ledger, parts.front().part);
  VFFN_CHECK(!folder.HasLedger() || ReadFileBytes(folder.ledger()) == ledger, folder.ledger().string(),
             ": there is a ledger already, and it is not that of these parts; give another folder "
             "(--output)");
  MergedRun merged{.results = ResultsOf(whole), .scoring = *whole.record.run->info.scoring};
  if (!first.trace.empty()) {
    merged.files.push_back(options.trace.value_or(first.trace));
    WriteTrace(parts, whole.ledger, merged.files.back());
  }
  const std::string date = DateId(whole.record.run->info.start_seconds);
  if (first.samples) {
    for (const LedgerTask& task : whole.ledger.tasks) {
      merged.files.push_back(folder.samples(task.name, date));
      WriteFileAtomically(merged.files.back(), SamplesText(parts, task));
    }
  }
  merged.files.push_back(folder.results(date));
  WriteResultsFile(merged.files.back(),
                   MakeResultsFile(merged.results, whole.record.model_name, whole.record.run->info));
  merged.files.push_back(folder.ledger());
  WriteFileAtomically(folder.ledger(), ledger);
  return merged;
}

}  // namespace

std::optional<MergedRun> MergeRun(const MergeOptions& options) {
  fs::create_directories(options.output);
  const auto lock = LockForMerging(options.output);
  if (lock == nullptr) {
    return std::nullopt;
  }
  PartProblems problems;
  const std::vector<RunPart> folders = CollectParts(options, kLedgerFile, problems);
  const std::vector<ReadPart> parts = ReadRecords(folders, problems);
  for (const ReadPart& read : parts) {
    CheckRecord(parts.front(), read, problems);
  }
  problems.Check();
  return WriteAll(options, parts, Join(parts, problems));
}

std::vector<std::string> MergeableIn(const MergeOptions& options) {
  std::set<std::string> found;
  for (const fs::path& folder : options.folders) {
    for (const RunPart& part : PartsIn(folder)) {
      for (const fs::directory_entry& entry : fs::directory_iterator(part.folder.path())) {
        const fs::path& path = entry.path();
        if (path.extension() == ".jsonl" && !IsSamplesFile(path) && !IsTokenLosses(path)) {
          found.insert(path.stem().string());
        }
      }
    }
  }
  return {found.begin(), found.end()};
}

}  // namespace vffn
