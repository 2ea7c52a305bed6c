#include "analysis/clusters.h"

#include <map>

#include "base/error.h"

namespace vffn {

ClusterSums SumByCluster(std::span<const double> values, std::span<const int64_t> clusters) {
  if (clusters.empty()) {
    return {{values.begin(), values.end()}, std::vector<int64_t>(values.size(), 1)};
  }
  VFFN_CHECK(clusters.size() == values.size(), clusters.size(), " cluster ids for ", values.size(),
             " values");
  ClusterSums result;
  std::map<int64_t, size_t> places;
  for (size_t i = 0; i < values.size(); ++i) {
    const auto [place, is_new] = places.try_emplace(clusters[i], result.sums.size());
    if (is_new) {
      result.sums.push_back(0);
      result.sizes.push_back(0);
    }
    result.sums[place->second] += values[i];
    ++result.sizes[place->second];
  }
  return result;
}

}  // namespace vffn
