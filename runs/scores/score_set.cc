#include "runs/scores/score_set.h"

#include <algorithm>
#include <filesystem>

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

ScoreSet ReadFolder(const RunFolder& folder, const ScoreOptions& options) {
  const std::vector<fs::path> samples = folder.LatestSamples();
  if (folder.HasLedger() && (samples.empty() || !options.prefer_samples)) {
    return ScoresOfLedger(ReadLedger(folder.ledger()), options);
  }
  if (!samples.empty()) {
    return ReadSamples(samples, options);
  }
  const std::optional<fs::path> results = folder.LatestResults();
  VFFN_CHECK(results.has_value(), folder.path().string(), ": has no ", folder.ledger().filename().string(),
             ", no samples_*.jsonl and no results_*.json, nor has a folder in it");
  return ScoresOfResults(ReadResultsFile(*results), options);
}

ScoreSet ReadAny(const fs::path& path, const ScoreOptions& options) {
  VFFN_CHECK(fs::exists(path), path.string(), ": there is no such file or folder");
  if (fs::is_directory(path)) {
    return ReadFolder(RunFolder::Within(path), options);
  }
  if (path.extension() == ".json") {
    return ScoresOfResults(ReadResultsFile(path), options);
  }
  return IsLedger(path) ? ScoresOfLedger(ReadLedger(path), options) : ReadSamples({path}, options);
}

}  // namespace

std::string BestFormName(const std::string& task) { return task + ": best of both"; }

std::optional<Metric> ScoreOptions::MetricOf(const std::string& task) const {
  const auto found = task_metrics.find(task);
  return found == task_metrics.end() ? metric : found->second;
}

bool HasLedger(const std::string& path) {
  return fs::is_directory(path) ? RunFolder::Within(path).HasLedger()
                                : fs::is_regular_file(path) && IsLedger(path);
}

bool HasSamples(const std::string& path) {
  return fs::is_directory(path) ? !RunFolder::Within(path).LatestSamples().empty()
                                : fs::is_regular_file(path) && IsSamplesFile(path);
}

ScoreSet ReadScoreSet(const std::string& path, const ScoreOptions& options) {
  ScoreSet set = ReadAny(path, options);
  set.name = ModelLabel(
      path, IsUntrainedRun(fs::is_directory(path) ? RunFolder::Within(path) : RunFolder::Of(path)));
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
