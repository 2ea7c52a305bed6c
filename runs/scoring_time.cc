#include "runs/scoring_time.h"

#include <cstdio>
#include <vector>

#include "base/wrapped_list.h"

namespace vffn {
namespace {

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
  std::vector<std::string> parts;
  for (const TaskResults& task : results.tasks) {
    docs += task.docs;
    const auto found = scoring.tasks.find(task.task.name);
    if (found != scoring.tasks.end()) {
      parts.push_back(task.task.name + " " + SecondsText(found->second.seconds));
    }
  }
  std::string begin = "scored in " + SecondsText(scoring.seconds_scoring);
  if (scoring.docs < docs) {
    begin += " (" + std::to_string(scoring.docs) + " of " + std::to_string(docs) +
             " docs; the others were in the ledger)";
  }
  if (results.tasks.size() == 1) {
    parts.clear();
  }
  return WrappedList(begin, parts) + "\n";
}

}  // namespace vffn
