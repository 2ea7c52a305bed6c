// The calibration of a model's answers to a task.
#pragma once

#include <optional>
#include <span>

#include "analysis/calibration.h"
#include "eval/metrics.h"

namespace vffn {

/// Of the answers under an accuracy, whose values give the probabilities of the choices
/// (ChoiceProbabilities): an answer's confidence is the greatest of them. Absent without docs, and if a doc
/// has one choice, none that is not empty, or no value of the metric. Throws Error unless the metric is an
/// accuracy. `clusters` as in CalibrationOf.
std::optional<Calibration> CalibrationOfDocs(Metric metric, LengthRule rule,
                                             std::span<const ScoredDoc* const> docs,
                                             const CalibrationOptions& options,
                                             std::span<const int64_t> clusters = {});

/// Of the reported accuracies of a task, in the order of Metrics().
struct MetricCalibration {
  Metric metric;
  Calibration calibration;
};

}  // namespace vffn
