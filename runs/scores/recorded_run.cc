#include "runs/scores/recorded_run.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "eval/rescore.h"
#include "runs/ledger_facts.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

std::string FileOf(const std::string& path) { return fs::path(path).filename().string(); }

std::optional<LedgerContents> ReadLedgerWithDocs(const fs::path& path, std::vector<std::string>& notes) {
  if (!HasDocs(path)) {
    if (fs::exists(path)) {
      notes.push_back(path.string() + ": has no docs and counts as absent");
    }
    return std::nullopt;
  }
  return ReadLedger(path);
}

/// "models/m.gguf (SHA-256 3cff7bd9ced8)".
std::string ModelText(const std::string& model, const std::string& sha256) {
  constexpr size_t kDigits = 12;
  return model + " (SHA-256 " + sha256.substr(0, kDigits) + ")";
}

/// What tells that results are of another run than the ledger, a line each; empty if they are of the same.
std::string DifferencesText(const LedgerHeader& ledger, const ResultsFile& results) {
  std::vector<IdentityDifference> differences = DifferencesOf(ledger.identity, results.run->identity);
  const auto of_model = std::ranges::find(differences, "model_sha256", &IdentityDifference::field);
  if (of_model != differences.end()) {
    *of_model = {"model", ModelText(FactsOfLedger(ledger, "").model_name, of_model->a),
                 ModelText(results.model_name, of_model->b)};
    std::erase_if(differences, [](const IdentityDifference& one) { return one.field == "ffn"; });
  }
  std::string text;
  for (const IdentityDifference& difference : differences) {
    text += "\n  " + difference.field + ": " + difference.a + " in the ledger, " + difference.b +
            " in the results";
  }
  return text;
}

/// The results of a ledger's run, the latest first. Those of another run are an error, unless the ledger was
/// named.
std::vector<ResultsFile> ResultsOfRun(const RunFolder& folder, const LedgerHeader& ledger, bool named,
                                      std::vector<std::string>& notes) {
  std::vector<ResultsFile> all;
  for (const fs::path& path : folder.ResultsFiles()) {
    ResultsFile file = ReadResultsFile(path);
    const std::string differences = file.run ? DifferencesText(ledger, file) : "";
    VFFN_CHECK(named || differences.empty(), folder.ledger().string(), " and ", path.string(),
               " are of two runs; keep them in two folders, or name the file that is meant:", differences);
    if (!file.run || !differences.empty()) {
      notes.push_back(path.string() + ": is of another " + (file.run ? "run" : "program") + " and not used");
      continue;
    }
    all.push_back(std::move(file));
  }
  return all;
}

int64_t DocsOf(const LedgerContents& ledger, const std::string& task) {
  const auto docs = ledger.docs.find(task);
  return docs == ledger.docs.end() ? 0 : static_cast<int64_t>(docs->second.size());
}

/// "arc_easy 200 (100 there), piqa 0 (50 there)": the tasks of which ledger and results have different
/// numbers of docs; empty if there are none.
std::string OtherDocs(const LedgerContents& ledger, const ResultsFile& results) {
  constexpr size_t kMost = 4;
  std::set<std::string> tasks;
  for (const LedgerTask& task : ledger.tasks) {
    tasks.insert(task.name);
  }
  for (const TaskRecord& task : results.tasks) {
    tasks.insert(task.name);
  }
  std::string text;
  size_t count = 0;
  for (const std::string& task : tasks) {
    const TaskRecord* record = results.FindTask(task);
    const int64_t there = record == nullptr ? 0 : record->docs.value_or(0), here = DocsOf(ledger, task);
    if (here != there && ++count <= kMost) {
      text += (count == 1 ? "" : ", ") + task + " " + std::to_string(here) + " (" + std::to_string(there) +
              " there)";
    }
  }
  return count > kMost ? text + " and " + std::to_string(count - kMost) + " more tasks" : text;
}

/// What is missing of a ledger; empty if nothing is.
std::string MissingText(const LedgerContents& ledger) {
  int64_t missing = 0;
  std::string absent;
  for (const LedgerTask& task : ledger.tasks) {
    const int64_t docs = DocsOf(ledger, task.name);
    missing += std::max<int64_t>(0, task.docs - docs);
    if (docs == 0) {
      absent += (absent.empty() ? "" : ", ") + task.name;
    }
  }
  return missing == 0 ? ""
                      : "; missing are " + std::to_string(missing) +
                            " docs that were asked for ('vffn eval --resume' scores them)" +
                            (absent.empty() ? "" : ", all of " + absent);
}

void NoteLedger(RunSources& sources, size_t results_files) {
  const LedgerContents& ledger = *sources.ledger;
  const std::string where = sources.folder().path().string() + ": ";
  if (!sources.results) {
    const std::string missing = MissingText(ledger);
    sources.notes.push_back(
        where +
        "there are no results_*.json, so that FLOPs and times are not known; the scores are "
        "of the docs in " +
        FileOf(ledger.origin) + (missing.empty() ? ", which are all that were asked for" : missing));
    return;
  }
  const std::string latest = FileOf(sources.results->origin);
  if (results_files > 1) {
    sources.notes.push_back(where + "of " + std::to_string(results_files) + " results files, the latest, " +
                            latest + ", tells profile and limit");
  }
  if (const std::string others = OtherDocs(ledger, *sources.results); !others.empty()) {
    sources.notes.push_back(where + "the scores are of " + FileOf(ledger.origin) +
                            ", which has other docs than " + latest + ": " + others + MissingText(ledger));
  }
}

bool HasWork(const ResultsFile& file) {
  const std::optional<ScoringRecord>& scoring = file.run->info.scoring;
  return scoring && scoring->trie_tokens > 0;
}

/// The latest results, with the work of the latest process that scored anything.
std::optional<ResultsFile> LatestOf(std::vector<ResultsFile> all, std::vector<std::string>& notes) {
  if (all.empty()) {
    return std::nullopt;
  }
  const auto worked = std::ranges::find_if(all, HasWork);
  if (worked != all.begin() && worked != all.end()) {
    all.front().run->info.scoring = worked->run->info.scoring;
    notes.push_back(worked->origin +
                    ": tells FLOPs and times; later processes found every doc in the ledger");
  }
  return std::move(all.front());
}

std::string NoLedgerNote(const RunSources& sources) {
  const size_t count = sources.folder().ResultsFiles().size();
  const bool named = sources.named.kind == NamedKind::kResults;
  return sources.folder().path().string() + ": there is no ledger.jsonl; the scores are those of " +
         FileOf(sources.results->origin) +
         (named || count < 2 ? "" : ", the latest of " + std::to_string(count) + " results files");
}

RunSources ReadNamedResults(const NamedRun& named) {
  RunSources sources{.named = named, .results = ReadResultsFile(named.named)};
  const fs::path path = named.folder.ledger();
  std::vector<std::string> notes;
  std::optional<LedgerContents> ledger = ReadLedgerWithDocs(path, notes);
  if (!ledger) {
    sources.notes.push_back(NoLedgerNote(sources));
    return sources;
  }
  if (!sources.results->run) {
    return sources;
  }
  if (!DifferencesText(ledger->header, *sources.results).empty()) {
    sources.notes.push_back(path.string() + ": is of another run than " + named.named.string() +
                            ", which was named, and not used");
    return sources;
  }
  if (const std::string others = OtherDocs(*ledger, *sources.results); !others.empty()) {
    sources.notes.push_back(path.string() + ": has other docs than " + named.named.string() +
                            ", which was named and tells the scores: " + others);
  }
  sources.ledger = std::move(ledger);
  return sources;
}

RunInfo InfoOf(const RunSources& sources) {
  return sources.results ? sources.results->run->info
                         : FactsOfLedger(sources.ledger->header, sources.ledger->origin).info;
}

/// As a fresh run would write them.
ResultsFile ScoredLedger(const RunSources& sources) {
  const LedgerContents& ledger = *sources.ledger;
  Results results = Rescore(ledger, ProfileOfRun(ledger, sources.results));
  for (TaskResults& task : results.tasks) {
    const TaskRecord* record = sources.results ? sources.results->FindTask(task.task.name) : nullptr;
    if (record != nullptr && record->docs == task.docs) {
      task.task_hash = record->task_hash;  // of the texts, which a ledger does not have
    }
  }
  ResultsFile file = MakeResultsFile(
      results,
      sources.results ? sources.results->model_name : FactsOfLedger(ledger.header, ledger.origin).model_name,
      InfoOf(sources));
  file.origin = ledger.origin;
  std::ranges::sort(file.tasks, {}, &TaskRecord::name);
  std::ranges::sort(file.run->best_forms, {}, &BestFormRecord::task);
  for (TaskRecord& task : file.tasks) {
    std::ranges::sort(task.metrics, {}, &MetricRecord::name);
    std::ranges::sort(task.calibrations, {}, &CalibrationRecord::metric);
  }
  return file;
}

bool UntrainedBy(const RunFolder& folder, const LedgerHeader* ledger,
                 const std::optional<ResultsFile>& results) {
  const bool in_results = results && results->run && results->run->info.untrained;
  const bool in_ledger =
      !results && ledger && FactsOfLedger(*ledger, folder.ledger().string()).info.untrained;
  const bool ours = ledger || (results && results->run);
  return in_results || in_ledger || (ours && ReadRunNotes(folder.notes()).untrained);
}

}  // namespace

RunSources ReadRunSources(const NamedRun& named) {
  if (named.kind == NamedKind::kResults) {
    return ReadNamedResults(named);
  }
  RunSources sources{.named = named};
  const RunFolder& folder = named.folder;
  if (named.kind == NamedKind::kFolder && folder.path() != RunFolder(named.named).path()) {
    sources.notes.push_back(named.named.string() + ": the run in it is " + folder.path().string());
  }
  sources.ledger = ReadLedgerWithDocs(named.FileOr(NamedKind::kLedger, folder.ledger()), sources.notes);
  if (sources.ledger) {
    std::vector<ResultsFile> all =
        ResultsOfRun(folder, sources.ledger->header, named.kind == NamedKind::kLedger, sources.notes);
    const size_t count = all.size();
    sources.results = LatestOf(std::move(all), sources.notes);
    NoteLedger(sources, count);
  } else if (const auto latest = folder.LatestResults()) {
    sources.results = ReadResultsFile(*latest);
    sources.notes.push_back(NoLedgerNote(sources));
  }
  return sources;
}

const Profile& ProfileOfRun(const LedgerContents& ledger, const std::optional<ResultsFile>& results) {
  if (results && results->run) {
    return FindProfile(results->run->profile);
  }
  const RunIdentity& identity = ledger.header.identity;
  if (const std::string name = FactsOfLedger(ledger.header, ledger.origin).profile; !name.empty()) {
    return FindProfile(name);
  }
  const auto found = std::ranges::find_if(
      Profiles(), [&](const Profile& profile) { return HoldsTokensOf(profile, identity); });
  VFFN_CHECK(found != Profiles().end(), ledger.origin, ": no profile scores its tokens (rendering ",
             identity.rendering.value_or("unknown"), ", encoding ", identity.encoding.value_or("unknown"),
             ")");
  return *found;
}

RecordedRun ReadRun(const fs::path& named) {
  RunSources sources = ReadRunSources(FindRun(named, RunContent::kScores));
  const RunFolder folder = sources.folder();
  VFFN_CHECK(sources.ledger || sources.results, named.string(),
             ": there are sample files alone, which 'vffn "
             "compare' reads; this needs a ledger.jsonl or results_*.json");
  RecordedRun run{.folder = folder, .notes = ReadRunNotes(folder.notes())};
  if (sources.ScoresAreOfLedger()) {
    run.results = ScoredLedger(sources);
  } else {
    run.results = *std::move(sources.results);
  }
  run.ledger = std::move(sources.ledger);
  run.file_notes = std::move(sources.notes);
  return run;
}

bool IsUntrained(const RunSources& sources) {
  return UntrainedBy(sources.folder(), sources.ledger ? &sources.ledger->header : nullptr, sources.results);
}

bool IsUntrainedRun(const RunFolder& folder) {
  std::optional<LedgerHeader> header;
  if (folder.HasLedger()) {
    header = ReadLedgerHeader(folder.ledger());
  }
  std::optional<ResultsFile> results;
  if (header) {
    std::vector<std::string> notes;
    results = LatestOf(ResultsOfRun(folder, *header, true, notes), notes);
  } else if (const auto latest = folder.LatestResults()) {
    results = ReadResultsFile(*latest);
  }
  return UntrainedBy(folder, header ? &*header : nullptr, results);
}

}  // namespace vffn
