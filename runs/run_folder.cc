#include "runs/run_folder.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <map>

#include "base/error.h"
#include "runs/parts/run_parts.h"
#include "tasks/task.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSamples = "samples_", kSamplesEnd = ".jsonl";
const std::string kLosses = "losses", kTokenLosses = "token_losses";

bool IsNamed(const fs::path& path, std::string_view prefix, std::string_view suffix) {
  const std::string name = path.filename().string();
  return name.starts_with(prefix) && name.ends_with(suffix);
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

/// Folders with scores below `folder`, down to `depth` levels; below one that has some is not looked.
void FindScored(const fs::path& folder, int depth, std::vector<fs::path>& found) {
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (!entry.is_directory() || entry.path().filename() == kPartsFolder) {
      continue;
    }
    if (RunFolder(entry.path()).HasScores()) {
      found.push_back(entry.path());
    } else if (depth > 1) {
      FindScored(entry.path(), depth - 1, found);
    }
  }
}

}  // namespace

std::string ModelLabel(const std::string& name, bool untrained) {
  return untrained ? name + " [UNTRAINED]" : name;
}

RunFolder RunFolder::Of(const fs::path& folder_or_file) {
  if (fs::is_directory(folder_or_file)) {
    return RunFolder(folder_or_file);
  }
  return RunFolder(folder_or_file.has_parent_path() ? folder_or_file.parent_path() : fs::path("."));
}

RunFolder RunFolder::Within(const fs::path& folder) {
  constexpr int kDepth = 3;
  if (RunFolder(folder).HasScores()) {
    return RunFolder(folder);
  }
  std::vector<fs::path> found;
  FindScored(folder, kDepth, found);
  std::ranges::sort(found);
  std::string listing;
  for (const fs::path& path : found) {
    listing += "\n  " + path.string();
  }
  if (found.empty()) {
    CheckMerged(RunFolder(folder));
  }
  VFFN_CHECK(found.size() <= 1, folder.string(), ": there are several runs in it; name one of", listing);
  return RunFolder(found.empty() ? folder : found.front());
}

bool RunFolder::HasScores() const { return HasLedger() || LatestResults() || !LatestSamples().empty(); }

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
  return losses.parent_path() / ("loss_results" + losses.stem().string().substr(kLosses.size()) + ".json");
}

bool IsTokenLosses(const fs::path& path) { return IsNamed(path, kTokenLosses, ".jsonl"); }

std::optional<fs::path> RunFolder::LatestResults() const {
  std::optional<fs::path> latest;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
    if (IsNamed(entry.path(), "results_", ".json") && (!latest || *latest < entry.path())) {
      latest = entry.path();
    }
  }
  return latest;
}

std::vector<fs::path> RunFolder::LossFiles() const {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
    if (IsNamed(entry.path(), "losses_", ".jsonl") || entry.path() == losses("")) {
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
