// Reliability diagrams of a run.
#pragma once

#include <vector>

#include "eval/results.h"
#include "reports/figures/figure.h"

namespace vffn {

/// "reliability-METRIC" for each accuracy that tasks report, with a panel for every task that has a
/// calibration under it. `model` is the run's label.
std::vector<Figure> ReliabilityFigures(const Results& results, const std::string& model);

}  // namespace vffn
