// Curves of a log that are readable: thinned, and smoothed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/figures/curves_figure.h"

namespace vffn {

/// What Smoothed does, for captions.
inline constexpr const char* kSmoothing =
    "local linear regression (LOESS, tricube weights) over 5 % of the steps on either side";

/// The curve at up to 150 points, by local linear regression with tricube weights. The window reaches 5 % of
/// the range of x to either side, and further where it has fewer than 3 points there. A straight line stays
/// as it is, also at both ends, where a running mean would lag. x ascends.
std::vector<CurvePoint> Smoothed(std::span<const CurvePoint> points);

/// At most 300 points, which look like all of them: the least and the greatest value of each of 150
/// stretches, in their order. Few points stay as they are.
std::vector<CurvePoint> Thinned(std::span<const CurvePoint> points);

}  // namespace vffn
