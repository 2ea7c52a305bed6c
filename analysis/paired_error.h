// Means of paired differences and their standard errors.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace vffn {

struct MeanDifference {
  double mean = 0;
  std::optional<double> standard_error;  ///< absent for one cluster, or if nothing varies
  int64_t clusters = 0;
};

/// Of b - a, question by question: sample variance (n - 1) / n. With clusters (SumByCluster), with D_g the
/// sum of what a cluster's questions lie above the mean, sqrt(G / (G - 1) * sum of D_g^2) / n over G
/// clusters: that of a least-squares intercept with cluster-robust (CR1) errors, and the same as without
/// clusters if each has one question. Throws Error on no differences or one that is not finite.
MeanDifference MeanDifferenceOf(std::span<const double> differences, std::span<const int64_t> clusters = {});

/// Of the unweighted mean of independent means: sqrt(sum of squared errors) / k. A mean whose differences are
/// all equal adds no error; absent if one is of a single cluster or all are of that kind.
MeanDifference AverageOf(std::span<const MeanDifference> differences);

}  // namespace vffn
