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

/// Of b - a, question by question: the error of MeanOf (estimate.h), but absent if all differences are equal.
/// With clusters of questions: sqrt(G / (G - 1) * sum of D_g^2) / n over G clusters, where D_g is the sum of
/// a cluster's deviations from the mean. That is the cluster-robust (CR1) error of a least-squares intercept;
/// with one question a cluster it is the error without clusters. Throws Error on no differences or one that
/// is not finite.
MeanDifference MeanDifferenceOf(std::span<const double> differences, std::span<const int64_t> clusters = {});

/// Of the unweighted mean of independent means: sqrt(sum of squared errors) / k. A mean whose differences are
/// all equal adds no error; absent if one is of a single cluster or all are of that kind.
MeanDifference AverageOf(std::span<const MeanDifference> differences);

}  // namespace vffn
