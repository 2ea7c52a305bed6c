// The loop averages that are consistent with a published number of FLOPs.
#pragma once

#include <cstdint>
#include <optional>

namespace vffn {

struct Interval {
  double low = 0;
  double high = 0;
};

/// What is known of value = Base * N_mean + (MoE - Base) * P, in FLOPs of any unit. A rounded number stands
/// for the interval of the numbers that round to it.
struct FormulaCells {
  Interval value, base, moe;
};

/// The smallest intervals that contain every possible N_mean and P. Not every pair is possible: given P,
/// N_mean is (value - (MoE - Base) P) / Base.
struct PossibleAverages {
  Interval mean_loops;       ///< N_mean
  Interval share_below_max;  ///< P
};

/// Loop counts are 1..L_max. With a share P of them below L_max, N_mean lies between L_max - P (L_max - 1)
/// (those at 1) and L_max - P (at L_max - 1): a triangle in the (N_mean, P) plane, which the formula cuts
/// along a line, or, with rounded cells, in a band. Nothing if they do not meet: no loop counts give the
/// value. Needs 0 < base <= moe and low <= high.
std::optional<PossibleAverages> InvertFormula(const FormulaCells& cells, int64_t max_loops);

}  // namespace vffn
