#include "reports/comparison/compared_scores.h"

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/error.h"
#include "reports/comparison/published_table.h"

namespace vffn {
namespace {

/// "FILE.csv:ROW" as file and row; the file is empty for "paper:ROW". Nothing for other names.
std::optional<std::pair<std::string, std::string>> TableRow(const std::string& name) {
  constexpr std::string_view kPaper = "paper:";
  if (name.starts_with(kPaper)) {
    return std::pair(std::string(), name.substr(kPaper.size()));
  }
  for (const std::string_view ending : {".csv:", ".tsv:", ".md:", ".tex:", ".txt:"}) {
    if (const size_t at = name.rfind(ending); at != std::string::npos) {
      return std::pair(name.substr(0, at + ending.size() - 1), name.substr(at + ending.size()));
    }
  }
  return std::nullopt;
}

/// The tasks that some of the sets have by acc and others by another metric.
std::set<std::string> TasksOfTwoMetrics(const std::vector<ScoreSet>& sets) {
  std::map<std::string, std::set<std::string>> metrics;
  for (const ScoreSet& set : sets) {
    for (const TaskSummary& summary : set.summaries) {
      if (!summary.metric.empty()) {
        metrics[summary.task].insert(summary.metric);
      }
    }
  }
  std::set<std::string> tasks;
  for (const auto& [task, names] : metrics) {
    if (names.size() > 1 && names.contains(std::string(FactsOf(Metric::kAcc).name))) {
      tasks.insert(task);
    }
  }
  return tasks;
}

/// The notes on the tasks that `set` would have had by another metric than acc.
std::vector<std::string> AccNotes(const ScoreSet& set, const std::set<std::string>& tasks) {
  std::vector<std::string> notes;
  for (const TaskSummary& summary : set.summaries) {
    if (tasks.contains(summary.task) && summary.metric != FactsOf(Metric::kAcc).name) {
      notes.push_back(summary.task + ": compared by acc, all that another model's file has; " + set.name +
                      " also has " + summary.metric);
    }
  }
  return notes;
}

}  // namespace

ScoreSet ReadComparedScores(const std::string& name, const ScoreOptions& options) {
  if (const auto row = TableRow(name)) {
    const PublishedTable table = row->first.empty() ? PaperTable() : ReadPublishedTable(row->first, {});
    ScoreSet set = ScoresOfRow(table, row->second);
    set.name = name;
    return set;
  }
  VFFN_CHECK(std::filesystem::exists(name), name,
             ": there is no such file or folder (rows of published tables are named paper:SCALE/ROW or "
             "FILE:ROW, FILE a .csv, .tsv, .md, .tex or .txt)");
  return ReadScoreSet(name, options);
}

std::vector<ScoreSet> ReadAllComparedScores(const std::vector<std::string>& names, ScoreOptions options) {
  std::vector<ScoreSet> sets;
  for (const std::string& name : names) {
    sets.push_back(ReadComparedScores(name, options));
  }
  const std::set<std::string> tasks = options.metric ? std::set<std::string>() : TasksOfTwoMetrics(sets);
  for (const std::string& task : tasks) {
    options.task_metrics[task] = Metric::kAcc;
  }
  for (size_t i = 0; i < sets.size(); ++i) {
    if (const auto notes = AccNotes(sets[i], tasks); !notes.empty()) {
      sets[i] = ReadComparedScores(names[i], options);
      sets[i].notes = notes;
    }
  }
  return sets;
}

}  // namespace vffn
