// Tests of groups: whether their means are equal, and whether two of their properties go together.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "analysis/estimate.h"

namespace vffn {

/// The mean of a group and the number of its docs (clusters).
struct GroupMean {
  Estimate mean;
  int64_t docs = 0;
};

/// Welch's analysis of variance of groups with unequal variances (Biometrika 38, 1951).
struct EqualMeansTest {
  double f = 0;
  double numerator_degrees = 0, denominator_degrees = 0;
  double p = 1;
};

/// Absent for fewer than two groups, and if one has fewer than two docs or no error.
std::optional<EqualMeansTest> TestEqualMeans(std::span<const GroupMean> groups);

/// Welch's t test of two groups, mean of `a` - mean of `b`. The error and p are absent as above.
struct MeansDifference {
  Estimate difference;
  std::optional<double> p;
};
MeansDifference DifferenceOfMeans(const GroupMean& a, const GroupMean& b);

/// Spearman's rank correlation of a few pairs, tested by permuting one side: the share of all orders whose
/// correlation is at least as far from 0.
struct PermutedCorrelation {
  int64_t pairs = 0;
  std::optional<double> rho;  ///< ties share their mean rank; absent where one side does not vary
  std::optional<double> p;    ///< two-sided; absent as rho
  bool exact = false;         ///< all orders were counted (up to 8 pairs); else 100,000 were drawn
};

/// Throws Error on unequal sizes or a value that is not finite.
PermutedCorrelation PermutationTest(std::span<const double> x, std::span<const double> y, uint64_t seed);

}  // namespace vffn
