#include "analysis/paired_error.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/estimate.h"
#include "base/error.h"

namespace vffn {

MeanDifference MeanDifferenceOf(std::span<const double> differences, std::span<const int64_t> clusters) {
  const Deviations deviations = DeviationsOf(differences, clusters);
  MeanDifference result{.mean = deviations.mean, .clusters = deviations.clusters};
  const auto [least, most] = std::ranges::minmax(differences);
  if (result.clusters > 1 && least != most && deviations.squares > 0) {
    const auto g = static_cast<double>(result.clusters), n = static_cast<double>(differences.size());
    result.standard_error = std::sqrt(g / (g - 1) * deviations.squares) / n;
  }
  return result;
}

MeanDifference AverageOf(std::span<const MeanDifference> differences) {
  VFFN_CHECK(!differences.empty(), "an average over no tasks");
  MeanDifference average;
  std::vector<double> errors;
  bool known = true;
  for (const MeanDifference& difference : differences) {
    average.mean += difference.mean / static_cast<double>(differences.size());
    average.clusters += difference.clusters;
    known = known && difference.clusters > 1;
    errors.push_back(difference.standard_error.value_or(0));
  }
  if (const double error = ErrorOfAverage(errors); known && error > 0) {
    average.standard_error = error;
  }
  return average;
}

}  // namespace vffn
