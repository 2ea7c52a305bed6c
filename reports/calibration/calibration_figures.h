// Reliability diagrams of a run.
#pragma once

#include <string>
#include <vector>

#include "eval/results.h"
#include "reports/figures/figure.h"
#include "reports/figures/reliability_figure.h"

namespace vffn {

/// "reliability-METRIC" for each accuracy that tasks report, with a panel for every task that has a
/// calibration under it. `model` is the run's label.
std::vector<Figure> ReliabilityFigures(const Results& results, const std::string& model);

/// The panel of a task, whose title is `title`.
ReliabilityPanel ReliabilityPanelOf(const std::string& title, const Calibration& calibration);

/// What a reliability diagram shows.
std::string ReliabilityCaption(const std::string& model, Metric metric, const CalibrationOptions& options);

}  // namespace vffn
