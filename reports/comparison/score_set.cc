#include "reports/comparison/score_set.h"

#include <algorithm>
#include <fstream>
#include <map>

#include "base/error.h"
#include "eval/ledger_row.h"
#include "reports/comparison/published_table.h"
#include "reports/comparison/run_folder.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

bool IsNamed(const fs::path& path, std::string_view prefix, std::string_view suffix) {
  const std::string name = path.filename().string();
  return name.starts_with(prefix) && name.ends_with(suffix);
}

/// The latest of each task: dates sort as text.
std::vector<fs::path> SampleFiles(const fs::path& folder) {
  std::map<std::string, fs::path> latest;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (IsNamed(entry.path(), "samples_", ".jsonl")) {
      const std::string name = entry.path().filename().string();
      fs::path& path = latest[name.substr(0, name.rfind('_'))];
      path = std::max(path, entry.path());
    }
  }
  std::vector<fs::path> paths;
  for (const auto& [task, path] : latest) {
    paths.push_back(path);
  }
  return paths;
}

bool BeginsAsLedger(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string start(kLedgerMagic.size(), '\0');
  return file.read(start.data(), static_cast<std::streamsize>(start.size())) && start == kLedgerMagic;
}

ScoreSet ReadFolder(const fs::path& folder, const ScoreOptions& options) {
  const std::vector<fs::path> samples = SampleFiles(folder);
  if (fs::exists(folder / kLedgerFile) && (samples.empty() || !options.prefer_samples)) {
    return ReadLedgerScores(folder / kLedgerFile, options);
  }
  if (!samples.empty()) {
    return ReadSampleScores(samples, options);
  }
  const std::optional<fs::path> results = LatestResults(folder);
  VFFN_CHECK(results.has_value(), folder.string(), ": has no ", kLedgerFile,
             ", no samples_*.jsonl and no results_*.json");
  return ReadResultScores(*results, options);
}

/// "FILE.csv:ROW" in two; nothing if it is not that.
std::optional<std::pair<std::string, std::string>> TableRow(const std::string& name) {
  constexpr std::string_view kExtension = ".csv:";
  if (name.starts_with("paper:")) {
    return std::pair(std::string(), name.substr(6));
  }
  const size_t at = name.rfind(kExtension);
  if (at == std::string::npos) {
    return std::nullopt;
  }
  return std::pair(name.substr(0, at + kExtension.size() - 1), name.substr(at + kExtension.size()));
}

ScoreSet ReadAny(const std::string& name, const ScoreOptions& options) {
  if (const auto row = TableRow(name)) {
    const PublishedTable table = row->first.empty() ? PaperTable() : ReadPublishedTable(row->first, {});
    return ScoresOfRow(table, row->second);
  }
  const fs::path path(name);
  VFFN_CHECK(fs::exists(path), name,
             ": there is no such file or folder (a row of a published table is named ",
             "paper:SCALE/ROW or FILE.csv:ROW)");
  if (fs::is_directory(path)) {
    return ReadFolder(path, options);
  }
  if (path.extension() == ".json") {
    return ReadResultScores(path, options);
  }
  return BeginsAsLedger(path) ? ReadLedgerScores(path, options) : ReadSampleScores({path}, options);
}

bool IsOfUntrainedModel(const fs::path& path) {
  return fs::is_directory(path) ? IsUntrainedRun(path)
                                : fs::exists(path) && IsUntrainedRun(fs::absolute(path).parent_path());
}

}  // namespace

bool HasLedger(const std::string& name) {
  return fs::is_directory(name) ? fs::exists(fs::path(name) / kLedgerFile)
                                : fs::is_regular_file(name) && BeginsAsLedger(name);
}

bool HasSamples(const std::string& name) {
  return fs::is_directory(name) ? !SampleFiles(name).empty()
                                : fs::is_regular_file(name) && IsNamed(name, "samples_", ".jsonl");
}

ScoreSet ReadScoreSet(const std::string& name, const ScoreOptions& options) {
  ScoreSet set = ReadAny(name, options);
  set.name = ModelLabel(name, IsOfUntrainedModel(name));
  for (const TaskScores& task : set.tasks) {
    double sum = 0;
    for (const QuestionScore& question : task.questions) {
      sum += question.value;
    }
    const auto n = static_cast<int64_t>(task.questions.size());
    set.summaries.push_back({task.task, task.metric, sum / static_cast<double>(n), n});
  }
  return set;
}

}  // namespace vffn
