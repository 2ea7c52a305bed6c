// Clusters of questions: they share a passage, or are one sentence with a word exchanged.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vffn {

/// Values summed within clusters; the clusters are in the order of their first value.
struct ClusterSums {
  std::vector<double> sums;
  std::vector<int64_t> sizes;
};

/// `clusters` has an id for every value, or is empty: then every value is a cluster of its own. Throws Error
/// if there are more or fewer ids than values.
ClusterSums SumByCluster(std::span<const double> values, std::span<const int64_t> clusters);

}  // namespace vffn
