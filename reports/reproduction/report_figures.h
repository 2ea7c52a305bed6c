// Figures about all models of a report.
#pragma once

#include <optional>
#include <vector>

#include "reports/figures/figure.h"
#include "reports/figures/pareto_figure.h"
#include "reports/reproduction/reproduction.h"

namespace vffn {

/// The published models of Table 2.
std::vector<ParetoPoint> PublishedPoints(const Reproduction& reproduction);

/// Average accuracy against FFN FLOPs per token. Published models are hollow, at the published FLOPs.
/// Measured runs are filled, at the executed FLOPs, if they have all tasks of the average and are complete;
/// with 95 % intervals, for FLOPs if a trace gives their error. Untrained models are left out, and the
/// caption says so. Nothing if there is no point.
std::optional<Figure> AccuracyAgainstFlops(const Reproduction& reproduction);

}  // namespace vffn
