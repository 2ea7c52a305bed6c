#include "runs/scores/scoring_time.h"

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include "base/wrapped_list.h"

namespace vffn {
namespace {

constexpr size_t kMostTasks = 20;  // that are named; of more only the slowest
constexpr size_t kSlowest = 5;

std::string SecondsText(double seconds) {
  char text[40];
  std::snprintf(text, sizeof text, seconds < 100 ? "%.1f s" : "%.0f s", seconds);
  return text;
}

}  // namespace

std::string ScoringTimeText(const Results& results, const ScoringRecord& scoring) {
  if (scoring.docs == 0) {
    return "";
  }
  int64_t docs = 0;
  std::vector<std::pair<std::string, double>> times;
  for (const TaskResults& task : results.tasks) {
    docs += task.docs;
    const auto found = scoring.tasks.find(task.task.name);
    if (found != scoring.tasks.end()) {
      times.emplace_back(task.task.name, found->second.seconds);
    }
  }
  const bool many = times.size() > kMostTasks;
  if (many) {
    std::ranges::stable_sort(times, std::ranges::greater(), &std::pair<std::string, double>::second);
    times.resize(kSlowest);
  }
  std::vector<std::string> parts;
  for (const auto& [task, seconds] : times) {
    parts.push_back(task + " " + SecondsText(seconds));
  }
  std::string begin = "scored in " + SecondsText(scoring.seconds_scoring);
  if (scoring.docs < docs) {
    begin += " (" + std::to_string(scoring.docs) + " of " + std::to_string(docs) +
             " docs; the others were in the ledger)";
  }
  if (results.tasks.size() == 1) {
    parts.clear();
  }
  begin += many ? "; the longest" : "";
  return WrappedList(begin, parts) + "\n";
}

}  // namespace vffn
