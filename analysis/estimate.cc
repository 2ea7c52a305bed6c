#include "analysis/estimate.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "analysis/clusters.h"
#include "base/error.h"

namespace vffn {

std::optional<double> ValueOf(const std::optional<Estimate>& estimate) {
  return estimate ? std::optional(estimate->value) : std::nullopt;
}

std::optional<double> ErrorOf(const std::optional<Estimate>& estimate) {
  return estimate ? estimate->standard_error : std::nullopt;
}

Deviations DeviationsOf(std::span<const double> values, std::span<const int64_t> clusters) {
  VFFN_CHECK(!values.empty(), "a mean of no values");
  double sum = 0;
  for (const double value : values) {
    VFFN_CHECK(std::isfinite(value), "a mean over a value that is ", value);
    sum += value;
  }
  Deviations result{.mean = sum / static_cast<double>(values.size())};
  std::vector<double> deviations;
  deviations.reserve(values.size());
  for (const double value : values) {
    deviations.push_back(value - result.mean);
  }
  const ClusterSums groups = SumByCluster(deviations, clusters);
  result.clusters = static_cast<int64_t>(groups.sums.size());
  for (const double group : groups.sums) {
    result.squares += group * group;
  }
  return result;
}

Estimate MeanOf(std::span<const double> values, std::span<const int64_t> clusters) {
  const Deviations deviations = DeviationsOf(values, clusters);
  Estimate estimate{.value = deviations.mean};
  const auto n = static_cast<double>(values.size()), g = static_cast<double>(deviations.clusters);
  if (clusters.empty() && n > 1) {
    estimate.standard_error = std::sqrt(deviations.squares / (n - 1)) / std::sqrt(n);
  } else if (g > 1) {
    estimate.standard_error = std::sqrt(g / (g - 1) * deviations.squares) / n;
  }
  return estimate;
}

double ErrorOfAverage(std::span<const double> errors) {
  double squares = 0;
  for (const double error : errors) {
    squares += error * error;
  }
  return std::sqrt(squares) / static_cast<double>(errors.size());
}

Estimate AverageOf(std::span<const Estimate> estimates) {
  VFFN_CHECK(!estimates.empty(), "an average over no tasks");
  std::vector<double> values, errors;
  for (const Estimate& estimate : estimates) {
    values.push_back(estimate.value);
    if (estimate.standard_error) {
      errors.push_back(*estimate.standard_error);
    }
  }
  // Sums are rounded: sorted, they do not depend on the order of the tasks.
  std::ranges::sort(values);
  std::ranges::sort(errors);
  Estimate average{.value = std::accumulate(values.begin(), values.end(), 0.0) /
                            static_cast<double>(values.size())};
  if (errors.size() == estimates.size()) {
    average.standard_error = ErrorOfAverage(errors);
  }
  return average;
}

}  // namespace vffn
