// Percentile bootstrap intervals of mean differences, resampling questions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vffn {

struct ConfidenceInterval {
  double low = 0;
  double high = 0;

  bool operator==(const ConfidenceInterval&) const = default;
};

/// The differences of one task.
struct Stratum {
  std::string name;
  std::vector<double> differences;
  std::vector<int64_t> clusters = {};  ///< an id each; empty: each question by itself
  std::vector<int64_t> sizes = {};     ///< differences that are sums, over so many each; empty: over 1 each
};

struct BootstrapOptions {
  int64_t replicates = 10000;
  uint64_t seed = 0;
  double confidence = 0.95;
};

struct BootstrapIntervals {
  std::vector<std::optional<ConfidenceInterval>> strata;  ///< of a stratum's mean: sum / sum of sizes
  std::optional<ConfidenceInterval> average;              ///< of the unweighted mean of the strata's means
};

/// Paired (a question keeps its two outcomes), stratified (every replicate draws as many clusters of each
/// task as it has) and seeded: a stratum's draws follow from (seed, name) alone, so its interval depends
/// neither on the other strata nor on the machine. The ends are order statistics of the replicates,
/// not interpolated. Nothing where there is one cluster or no variation: the replicates could only repeat it;
/// the average needs variation in one stratum and two clusters in each. A draw whose sizes are all 0 has no
/// mean and is drawn again. Throws Error on no differences, names that are not unique, sizes that are not one
/// each or are all 0, or options out of range.
BootstrapIntervals PairedBootstrap(std::span<const Stratum> strata, const BootstrapOptions& options);

}  // namespace vffn
