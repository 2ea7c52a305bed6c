#include "reports/reproduction/run_averages.h"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace vffn {
namespace {

/// The mean over tasks of an estimate of each.
template <class EstimateOf>
std::optional<Estimate> MeanOver(const MeasuredRun& run, std::span<const std::string> tasks,
                                 const EstimateOf& estimate_of) {
  std::vector<Estimate> estimates;
  for (const std::string& name : tasks) {
    const MeasuredTask* task = run.FindTask(name);
    const std::optional<Estimate> estimate = task == nullptr ? std::nullopt : estimate_of(*task);
    if (!estimate) {
      return std::nullopt;
    }
    estimates.push_back(*estimate);
  }
  return estimates.empty() ? std::nullopt : std::optional(AverageOf(estimates));
}

std::string CountOf(const std::vector<std::string>& tasks, const std::string& kind) {
  return std::to_string(tasks.size()) + " " + kind + (tasks.size() == 1 ? "task" : "tasks");
}

/// A row that says over which tasks it is.
AverageRow NamedRow(const std::vector<std::string>& tasks, const std::string& kind) {
  constexpr size_t kMostInLabel = 3;
  AverageRow row{
      .label = "average of " + CountOf(tasks, kind), .tasks = tasks, .listed = tasks.size() <= kMostInLabel};
  for (size_t i = 0; i < tasks.size() && row.listed; ++i) {
    row.label += (i == 0 ? ": " : ", ") + tasks[i];
  }
  return row;
}

}  // namespace

std::vector<std::string> OwnTasks(const MeasuredRun& run) {
  std::vector<std::string> names;
  for (const MeasuredTask& task : run.tasks) {
    if (task.counted && task.percent) {
      const std::string benchmark = task.better_form_of.value_or("");
      names.push_back(benchmark.empty() ? task.task : benchmark);
    }
  }
  return names;
}

std::vector<size_t> AllRuns(const Reproduction& reproduction) {
  std::vector<size_t> all(reproduction.runs.size());
  std::iota(all.begin(), all.end(), size_t{0});
  return all;
}

std::vector<std::string> CommonTasks(const Reproduction& reproduction, std::span<const size_t> runs) {
  std::vector<std::string> common;
  if (runs.empty()) {
    return common;
  }
  common = OwnTasks(reproduction.runs[runs.front()]);
  for (const size_t run : runs.subspan(1)) {
    const std::vector<std::string> own = OwnTasks(reproduction.runs[run]);
    std::erase_if(common, [&](const std::string& name) { return std::ranges::find(own, name) == own.end(); });
  }
  return common;
}

bool HaveSameTasks(const Reproduction& reproduction, std::span<const size_t> runs) {
  const size_t common = CommonTasks(reproduction, runs).size();
  return std::ranges::all_of(runs,
                             [&](size_t run) { return OwnTasks(reproduction.runs[run]).size() == common; });
}

std::optional<Estimate> AverageOver(const MeasuredRun& run, std::span<const std::string> tasks) {
  return MeanOver(run, tasks, [](const MeasuredTask& task) { return std::optional(task.score); });
}

std::optional<Estimate> CentredAverageOver(const MeasuredRun& run, std::span<const std::string> tasks) {
  return MeanOver(run, tasks, [](const MeasuredTask& task) { return task.centred; });
}

std::vector<AverageRow> AverageRows(const Reproduction& reproduction, std::span<const size_t> runs) {
  const std::vector<std::string> common = CommonTasks(reproduction, runs);
  if (HaveSameTasks(reproduction, runs)) {
    return {{.label = "average of " + CountOf(common, ""), .tasks = common}};
  }
  std::vector<AverageRow> rows = {common.empty()
                                      ? AverageRow{.label = "average: the runs have no task in common"}
                                      : NamedRow(common, "common ")};
  std::vector<std::vector<std::string>> sets;
  for (const size_t run : runs) {
    std::vector<std::string> own = OwnTasks(reproduction.runs[run]);
    const auto has_all = [&](size_t other) { return AverageOver(reproduction.runs[other], own).has_value(); };
    const bool known =
        std::ranges::any_of(sets, [&](const auto& set) { return std::ranges::is_permutation(set, own); });
    if (own.size() > common.size() && !known && std::ranges::count_if(runs, has_all) > 1) {
      sets.push_back(std::move(own));
    }
  }
  std::ranges::stable_sort(sets, {}, &std::vector<std::string>::size);
  std::ranges::transform(sets, std::back_inserter(rows), [](const auto& set) { return NamedRow(set, ""); });
  return rows;
}

}  // namespace vffn
