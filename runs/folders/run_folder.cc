#include "runs/folders/run_folder.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <functional>
#include <map>

#include "base/error.h"
#include "eval/ledger.h"
#include "runs/losses/loss_header.h"
#include "runs/parts/run_parts.h"
#include "tasks/task.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSamples = "samples_", kSamplesEnd = ".jsonl";
const std::string kLosses = "losses", kTokenLosses = "token_losses", kLossResults = "loss_results";

bool IsNamed(const fs::path& path, std::string_view prefix, std::string_view suffix) {
  const std::string name = path.filename().string();
  return name.starts_with(prefix) && name.ends_with(suffix);
}

/// "results_2026-11-22T17-18-33.911318.json".
bool HasDate(const fs::path& results) {
  const std::string name = results.filename().string();
  const size_t date = name.find('_') + 1;
  return date < name.size() && name[date] >= '0' && name[date] <= '9';
}

/// The task at the end of "pretrained=org__model_piqa.jsonl"; empty if the name is another one.
std::string TaskOfOldName(const fs::path& path) {
  const std::string name = path.filename().string();
  std::string longest;
  for (const std::span<const Task> tasks : {Tasks(), FurtherTasks()}) {
    for (const Task& task : tasks) {
      const std::string_view known = task.facts.name;
      if (name.find('=') != std::string::npos &&
          name.ends_with("_" + std::string(known) + std::string(kSamplesEnd)) &&
          known.size() > longest.size()) {
        longest = known;
      }
    }
  }
  return longest;
}

bool IsRun(const RunFolder& folder) {
  return folder.Has(RunContent::kScores) || folder.Has(RunContent::kLosses) || folder.Has(RunContent::kTrace);
}

std::vector<fs::directory_entry> SortedEntries(const fs::path& folder) {
  constexpr auto kSkip = fs::directory_options::skip_permission_denied;
  std::vector<fs::directory_entry> entries(fs::directory_iterator(folder, kSkip), fs::directory_iterator());
  // What a link points to is found first under its own name.
  std::ranges::sort(entries, {}, [](const fs::directory_entry& entry) {
    return std::pair(entry.is_symlink(), entry.path());
  });
  return entries;
}

/// Folders of runs below `folder`, down to `depth` levels, each once; below a run is not looked.
void FindRuns(const fs::path& folder, int depth, std::map<fs::path, fs::path>& by_real_path) {
  for (const fs::directory_entry& entry : SortedEntries(folder)) {
    if (!entry.is_directory() || entry.path().filename() == kPartsFolder) {
      continue;
    }
    if (IsRun(RunFolder(entry.path()))) {
      by_real_path.emplace(fs::canonical(entry.path()), entry.path());
    } else if (depth > 1) {
      FindRuns(entry.path(), depth - 1, by_real_path);
    }
  }
}

}  // namespace

std::string ModelLabel(const std::string& name, bool untrained) {
  return untrained ? name + " [UNTRAINED]" : name;
}

RunFolder::RunFolder(const fs::path& path)
    : path_(path.has_filename() || !path.has_relative_path() ? path : path.parent_path()) {}

RunFolder RunFolder::Of(const fs::path& folder_or_file) {
  if (fs::is_directory(folder_or_file)) {
    return RunFolder(folder_or_file);
  }
  return RunFolder(folder_or_file.has_parent_path() ? folder_or_file.parent_path() : fs::path("."));
}

RunFolder RunFolder::Within(const fs::path& folder, RunContent content) {
  const RunFolder self(folder);
  std::vector<RunFolder> found = AllWithin(folder);
  if (found.size() == 1 && found.front().path() == self.path()) {
    return self;
  }
  std::erase_if(found, [&](const RunFolder& run) { return !run.Has(content); });
  std::string listing;
  for (const RunFolder& run : found) {
    listing += "\n  " + run.path().string();
  }
  VFFN_CHECK(found.size() <= 1, self.path().string(), ": there are several runs in it; name one of", listing);
  return found.empty() ? self : found.front();
}

std::vector<RunFolder> RunFolder::AllWithin(const fs::path& folder) {
  constexpr int kDepth = 3;
  const RunFolder self(folder);
  if (IsRun(self)) {
    return {self};
  }
  CheckMerged(self);
  std::map<fs::path, fs::path> by_real_path;
  FindRuns(folder, kDepth, by_real_path);
  std::vector<RunFolder> found;
  for (const auto& [real, path] : by_real_path) {
    found.emplace_back(path);
  }
  std::ranges::sort(found, {}, [](const RunFolder& run) { return run.path(); });
  return found;
}

bool RunFolder::HasLedger() const { return HasDocs(ledger()); }

bool RunFolder::Has(RunContent content) const {
  switch (content) {
    case RunContent::kScores:
      return HasLedger() || LatestResults() || !LatestSamples().empty();
    case RunContent::kLosses:
      return !LossFiles().empty();
    case RunContent::kTrace:
      return HasTrace() && IsTraceFolder(trace());
  }
  Fail("no such content of a run");
}

fs::path RunFolder::results(const std::string& date) const { return path_ / ("results_" + date + ".json"); }

fs::path RunFolder::samples(const std::string& task, const std::string& date) const {
  return path_ / (std::string(kSamples) + FileNameOf(task) + "_" + date + std::string(kSamplesEnd));
}

fs::path RunFolder::losses(const std::string& model_args) const {
  return path_ / (kLosses + (model_args.empty() ? "" : "_" + FileNameOf(model_args)) + ".jsonl");
}

fs::path TokenLossesOf(const fs::path& losses) {
  return losses.parent_path() / (kTokenLosses + losses.stem().string().substr(kLosses.size()) + ".jsonl");
}

fs::path LossResultsOf(const fs::path& losses) {
  return losses.parent_path() / (kLossResults + losses.stem().string().substr(kLosses.size()) + ".json");
}

fs::path LossesOf(const fs::path& file) {
  for (const auto& [begin, end] : {std::pair(kLossResults, ".json"), std::pair(kTokenLosses, ".jsonl")}) {
    if (IsNamed(file, begin, end)) {
      return file.parent_path() / (kLosses + file.stem().string().substr(begin.size()) + ".jsonl");
    }
  }
  return file;
}

bool IsTokenLosses(const fs::path& path) { return IsNamed(path, kTokenLosses, ".jsonl"); }

std::vector<fs::path> RunFolder::ResultsFiles() const {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
    if (IsNamed(entry.path(), "results_", ".json")) {
      files.push_back(entry.path());
    }
  }
  // Beside those of evaluations, results_mine.json is of somebody else.
  if (std::ranges::any_of(files, HasDate)) {
    std::erase_if(files, std::not_fn(HasDate));
  }
  std::ranges::sort(files, std::ranges::greater());
  return files;
}

std::optional<fs::path> RunFolder::LatestResults() const {
  const std::vector<fs::path> files = ResultsFiles();
  return files.empty() ? std::nullopt : std::optional(files.front());
}

std::vector<fs::path> RunFolder::LossFiles() const {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
    const bool named = IsNamed(entry.path(), "losses_", ".jsonl") || entry.path() == losses("");
    if (named && HasLosses(entry.path())) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files, {}, [&](const fs::path& file) { return std::pair(file != losses(""), file); });
  return files;
}

std::vector<fs::path> RunFolder::LatestSamples() const {
  std::map<std::string, fs::path> latest;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
    if (IsSamplesFile(entry.path())) {
      const std::string name = entry.path().filename().string();
      fs::path& path = latest[name.starts_with(kSamples) ? name.substr(0, name.rfind('_')) : name];
      path = std::max(path, entry.path());
    }
  }
  std::vector<fs::path> paths;
  for (const auto& [task, path] : latest) {
    paths.push_back(path);
  }
  return paths;
}

std::vector<fs::path> RunFolder::SamplesOf(const std::string& task) const {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
    const std::string name = entry.path().filename().string();
    if (IsNamed(entry.path(), kSamples, kSamplesEnd) &&
        name.substr(0, name.rfind('_')) == std::string(kSamples) + FileNameOf(task)) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files, std::ranges::greater());
  return files;
}

bool IsTraceFolder(const fs::path& folder) {
  const auto is_part = [](const fs::directory_entry& entry) {
    return IsNamed(entry.path(), "part-", ".parquet");
  };
  return fs::is_directory(folder) &&
         std::any_of(fs::directory_iterator(folder), fs::directory_iterator(), is_part);
}

bool IsSamplesFile(const fs::path& path) {
  return IsNamed(path, kSamples, kSamplesEnd) || !TaskOfOldName(path).empty();
}

std::string TaskOfSamplesFile(const fs::path& path) {
  if (std::string task = TaskOfOldName(path); !task.empty()) {
    return task;
  }
  const std::string stem = path.stem().string();
  const size_t date = stem.rfind('_');
  VFFN_CHECK(stem.starts_with(kSamples) && date != std::string::npos && date > kSamples.size(), path.string(),
             ": is not named samples_TASK_DATE.jsonl, so its task is not known");
  return stem.substr(kSamples.size(), date - kSamples.size());
}

std::string DateId(double unix_seconds) {
  const auto microseconds = static_cast<int64_t>(std::llround(unix_seconds * 1e6));
  const auto seconds = static_cast<std::time_t>(microseconds / 1000000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[80];
  const size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H-%M-%S", &utc);
  std::snprintf(text + size, sizeof text - size, ".%06d", static_cast<int>(microseconds % 1000000));
  return text;
}

std::string FileNameOf(std::string_view name) {
  constexpr std::string_view kReserved = "\"<>:/\\|?*[]";
  std::string safe;
  for (const char c : name) {
    if (kReserved.find(c) == std::string_view::npos) {
      safe += c;
    } else if (!safe.ends_with("__")) {
      safe += "__";
    }
  }
  return safe;
}

}  // namespace vffn
