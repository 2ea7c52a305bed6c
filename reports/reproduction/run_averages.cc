#include "reports/reproduction/run_averages.h"

#include <algorithm>
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

std::string ListOf(std::span<const std::string> names) {
  std::string list;
  for (const std::string& name : names) {
    list += (list.empty() ? "" : ", ") + name;
  }
  return list;
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

std::string AverageLabel(const Reproduction& reproduction, std::span<const size_t> runs) {
  const std::vector<std::string> common = CommonTasks(reproduction, runs);
  const std::string count = std::to_string(common.size());
  const std::string noun = common.size() == 1 ? " task" : " tasks";
  if (HaveSameTasks(reproduction, runs)) {
    return "average of " + count + noun;
  }
  return common.empty() ? "average: the runs have no task in common"
                        : "average of " + count + " common" + noun + ": " + ListOf(common);
}

}  // namespace vffn
