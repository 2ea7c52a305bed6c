// Results: the scores of a model under a profile. They are computed from ledger rows alone, so a run that was
// interrupted and resumed gives the same results. Values are fractions, not percent.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "eval/ledger.h"
#include "eval/metrics.h"
#include "eval/profiles.h"
#include "eval/task_calibration.h"
#include "eval/task_forms.h"

namespace vffn {

struct MetricScore {
  Metric metric;
  std::optional<Estimate> estimate;  ///< absent if it is not defined for a doc (IsDefined)
};

/// Contexts that were cut to fit the model.
struct Truncation {
  int64_t docs = 0;      ///< with at least one cut context
  int64_t requests = 0;  ///< with a cut context, unconditional ones included
  int64_t tokens = 0;    ///< cut, over all requests

  bool operator==(const Truncation&) const = default;
};

struct TaskResults {
  LedgerTask task;
  int64_t docs = 0;     ///< scored (n)
  int64_t missing = 0;  ///< requested, not scored: the run was interrupted; the docs done are a biased sample
  std::optional<double> chance;  ///< of guessing: mean over the scored docs of 1 / number of choices, or F1;
                                 ///< absent if every doc has one choice: accuracies are not defined then
  Metric primary;                ///< the metric of the table and of the average
  std::vector<Metric> reported;  ///< the profile's metrics of this task, `primary` among them
  std::vector<MetricScore> scores;  ///< every metric, in the order of Metrics()
  std::optional<Estimate> centred;  ///< CentredOnChance of the primary accuracy; absent for other metrics
  std::vector<MetricCalibration> calibrations;
  Truncation truncation;
  std::optional<std::string> task_hash;  ///< see TaskHash; absent when computed from a ledger alone

  /// Of one metric. Throws Error if it is not defined.
  const Estimate& Score(Metric metric) const;
};

/// A task that was asked in two forms.
struct BestForm {
  std::string task;               ///< "arc_challenge"
  size_t cloze = 0, letters = 0;  ///< in Results::tasks
  Form best = Form::kCloze;       ///< the one with the higher score

  size_t place() const { return best == Form::kCloze ? cloze : letters; }
};

/// The unweighted mean of the tasks whose primary metric is this one, which is no percentage.
struct LossAverage {
  Metric metric;
  Estimate estimate;
  int64_t tasks = 0;
};

/// The unweighted mean of the tasks' chance-centred accuracies.
struct CentredAverage {
  Estimate estimate;
  int64_t tasks = 0;  ///< that have one

  bool operator==(const CentredAverage&) const = default;
};

struct Results {
  const Profile* profile = nullptr;
  RunIdentity identity;
  std::vector<TaskResults> tasks;
  std::vector<BestForm> best_forms;  ///< empty under profiles that count forms by themselves

  /// Unweighted, of the tasks' primary metrics that are percentages; absent if there are none. A task in two
  /// forms counts once, with the better one. The greater of two numbers with errors is biased upwards, and
  /// the error is that of the chosen one alone.
  std::optional<Estimate> average;
  std::optional<double> average_chance;
  std::vector<LossAverage> loss_averages;  ///< of the other primary metrics, in the order of Metrics()
  std::optional<CentredAverage> centred;   ///< absent if no task has one

  /// The tasks of the averages: places in `tasks`.
  std::vector<size_t> Counted() const;
};

/// Scored docs of one task.
struct TaskDocs {
  LedgerTask task;
  std::vector<const ScoredDoc*> docs;  ///< by doc_id, ascending
};

/// Throws Error if there is no task, a task has no docs, or a task's primary metric is not defined.
Results ComputeResults(const Profile& profile, const RunIdentity& identity, std::span<const TaskDocs> tasks,
                       const CalibrationOptions& calibration = {});

}  // namespace vffn
