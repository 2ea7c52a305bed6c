#include "analysis/paired_error.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/clusters.h"
#include "base/error.h"

namespace vffn {

MeanDifference MeanDifferenceOf(std::span<const double> differences, std::span<const int64_t> clusters) {
  VFFN_CHECK(!differences.empty(), "a mean of no differences");
  const auto n = static_cast<double>(differences.size());
  double sum = 0;
  for (const double difference : differences) {
    VFFN_CHECK(std::isfinite(difference), "a mean over a difference that is ", difference);
    sum += difference;
  }
  MeanDifference result{.mean = sum / n};
  std::vector<double> deviations;
  deviations.reserve(differences.size());
  for (const double difference : differences) {
    deviations.push_back(difference - result.mean);
  }
  const ClusterSums groups = SumByCluster(deviations, clusters);
  result.clusters = static_cast<int64_t>(groups.sums.size());
  const auto [least, most] = std::ranges::minmax(differences);
  if (result.clusters < 2 || least == most) {
    return result;
  }
  double squares = 0;
  for (const double group : groups.sums) {
    squares += group * group;
  }
  const auto g = static_cast<double>(result.clusters);
  if (squares > 0) {
    result.standard_error = std::sqrt(g / (g - 1) * squares) / n;
  }
  return result;
}

MeanDifference AverageOf(std::span<const MeanDifference> differences) {
  VFFN_CHECK(!differences.empty(), "an average over no tasks");
  const auto k = static_cast<double>(differences.size());
  MeanDifference average;
  double squares = 0;
  bool known = true;
  for (const MeanDifference& difference : differences) {
    average.mean += difference.mean / k;
    average.clusters += difference.clusters;
    known = known && difference.clusters > 1;
    const double error = difference.standard_error.value_or(0);
    squares += error * error;
  }
  if (known && squares > 0) {
    average.standard_error = std::sqrt(squares) / k;
  }
  return average;
}

}  // namespace vffn
