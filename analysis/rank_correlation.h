// Spearman's rank correlation over tokens, with bootstrap intervals over documents.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace vffn {

struct RankCorrelationOptions {
  int64_t replicates = 1000;  ///< of the bootstrap; 0: no interval
  uint64_t seed = 0;
  double confidence = 0.95;
  int workers = 0;  ///< threads; 0: as many as there are cores. The result does not depend on them
};

/// A pair of values and how often it counts.
struct RankPair {
  double x = 0, y = 0;
  int64_t count = 1;
  int32_t cluster = 0;  ///< doc
};

struct RankCorrelation {
  int64_t tokens = 0;         ///< sum of counts
  int64_t clusters = 0;       ///< with a pair
  std::optional<double> rho;  ///< ties share their mean rank; absent where x or y does not vary
  /// Percentile interval of a bootstrap that draws clusters, order statistics, not interpolated. Absent with
  /// fewer than two clusters, without rho, or if x or y does not vary in some replicate.
  std::optional<double> low, high;
};

/// Counts must be positive. Replicate r draws the same clusters, as numbered, whatever is correlated: they
/// follow from (seed, r) and the number of clusters. Throws Error on a value that is not finite or options
/// out of range.
RankCorrelation SpearmanOf(std::span<const RankPair> pairs, const RankCorrelationOptions& options);

}  // namespace vffn
