#include "runs/scores/score_set.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/error.h"
#include "eval/ledger.h"
#include "runs/scores/recorded_run.h"
#include "runs/scores/samples_file.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

ScoreSet ReadSamples(const std::vector<fs::path>& paths, const ScoreOptions& options) {
  std::vector<SamplesFile> files;
  std::string source;
  for (const fs::path& path : paths) {
    files.push_back(ReadSamplesFile(path));
    const std::string& task = files.back().task;
    VFFN_CHECK(std::ranges::count(files, task, &SamplesFile::task) == 1, path.string(),
               ": the folder has sample files of several models for ", task, "; name one file");
    source += (source.empty() ? "" : ", ") + path.string();
  }
  ScoreSet set = ScoresOfSamples(files, options);
  set.source = source;
  return set;
}

/// The sample files that count if there is no ledger, or samples are asked for.
std::vector<fs::path> SamplesToRead(const NamedRun& named, const ScoreOptions& options) {
  if (named.kind == NamedKind::kSamples) {
    return {named.named};
  }
  const bool of_folder = named.kind != NamedKind::kLedger && named.kind != NamedKind::kResults;
  const bool wanted = options.prefer_samples || !named.folder.HasLedger();
  return of_folder && wanted ? named.folder.LatestSamples() : std::vector<fs::path>();
}

ScoreSet ScoresOfSources(RunSources sources, ScoreOptions options) {
  ScoreSet set;
  if (sources.ScoresAreOfLedger()) {
    if (options.profile.empty()) {
      options.profile = ProfileOfRun(*sources.ledger, sources.results).name;
    }
    set = ScoresOfLedger(*sources.ledger, options);
    set.folder = sources.folder().path();
    set.ledger = std::make_shared<const LedgerContents>(*std::move(sources.ledger));
  } else {
    VFFN_CHECK(sources.results, sources.named.named.string(),
               ": has no ledger.jsonl with docs, no samples_*.jsonl and no results_*.json");
    set = ScoresOfResults(*sources.results, options);
  }
  set.notes.insert(set.notes.end(), sources.notes.begin(), sources.notes.end());
  return set;
}

}  // namespace

std::string BestFormName(const std::string& task) { return task + ": best of both"; }

std::optional<Metric> ScoreOptions::MetricOf(const std::string& task) const {
  const auto found = task_metrics.find(task);
  return found == task_metrics.end() ? metric : found->second;
}

bool HasSamplesAlone(const std::string& path) {
  const std::optional<NamedRun> named = FindRunIfAny(path, RunContent::kScores);
  if (!named || named->kind == NamedKind::kLedger || named->kind == NamedKind::kResults) {
    return false;
  }
  return named->kind == NamedKind::kSamples ||
         (!named->folder.HasLedger() && !named->folder.LatestSamples().empty());
}

ScoreSet ReadScoreSet(const std::string& path, const ScoreOptions& options) {
  const NamedRun named = FindRun(path, RunContent::kScores);
  ScoreSet set;
  if (const std::vector<fs::path> samples = SamplesToRead(named, options); !samples.empty()) {
    set = ReadSamples(samples, options);
    set.name = ModelLabel(path, IsUntrainedRun(named.folder));
  } else {
    RunSources sources = ReadRunSources(named);
    const std::string label = ModelLabel(path, IsUntrained(sources));
    set = ScoresOfSources(std::move(sources), options);
    set.name = label;
  }
  for (const TaskScores& task : set.tasks) {
    double sum = 0;
    for (const QuestionScore& question : task.questions) {
      sum += question.value;
    }
    const auto n = static_cast<int64_t>(task.questions.size());
    set.summaries.push_back({task.task, task.metric, sum / static_cast<double>(n), n, task.counted});
  }
  return set;
}

}  // namespace vffn
