// The report's figures from its numbers.
#pragma once

#include <optional>

#include "reports/figures/figure.h"
#include "reports/reproduction/reproduction.h"

namespace vffn {

/// Average accuracy against FFN FLOPs of a token: the published models hollow, at the published FLOPs; ours
/// filled, at what was executed, for every run of all eight tasks that was not cut short; intervals of 95 %,
/// that of the FLOPs where a trace gives their error. Untrained models are left out, and the caption says so.
/// Nothing if there is no point.
std::optional<Figure> AccuracyAgainstFlops(const Reproduction& reproduction);

}  // namespace vffn
