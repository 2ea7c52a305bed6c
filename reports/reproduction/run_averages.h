// Averages over tasks that can be compared: over those that all runs of a table have.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reports/reproduction/reproduction.h"

namespace vffn {

/// The tasks that count in a run's average: accuracies, a task in two forms once. A better form has the name
/// of its benchmark.
std::vector<std::string> OwnTasks(const MeasuredRun& run);

/// The indices of all runs.
std::vector<size_t> AllRuns(const Reproduction& reproduction);

/// The tasks that count in the average of every one of these runs, in the order of the first one.
std::vector<std::string> CommonTasks(const Reproduction& reproduction, std::span<const size_t> runs);

/// Whether all of these runs have no other tasks than the common ones.
bool HaveSameTasks(const Reproduction& reproduction, std::span<const size_t> runs);

/// The unweighted mean of accuracies, and of accuracies above chance: (accuracy - chance) / (1 - chance).
/// Nothing without tasks, or if one of them is not known.
std::optional<Estimate> AverageOver(const MeasuredRun& run, std::span<const std::string> tasks);
std::optional<Estimate> CentredAverageOver(const MeasuredRun& run, std::span<const std::string> tasks);

/// A row of averages: all of them are over the same tasks.
struct AverageRow {
  std::string label;               ///< "average of 5 tasks", "average of 2 common tasks: arc_easy, piqa"
  std::vector<std::string> tasks;  ///< those of the label; more than three are not in it
  bool listed = true;              ///< whether the label names them, where the runs have different tasks
};

/// The average over the tasks that all of these runs have; then one over all tasks of a run for each set that
/// two runs or more have, the smallest first.
std::vector<AverageRow> AverageRows(const Reproduction& reproduction, std::span<const size_t> runs);

}  // namespace vffn
