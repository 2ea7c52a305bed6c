// Means and their standard errors.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace vffn {

struct Estimate {
  double value = 0;
  std::optional<double> standard_error;  ///< absent where the data do not give one

  bool operator==(const Estimate&) const = default;
};

/// Value and error of an estimate that may be absent, for tables.
std::optional<double> ValueOf(const std::optional<Estimate>& estimate);
std::optional<double> ErrorOf(const std::optional<Estimate>& estimate);

/// The mean of values, and what its standard error is made of.
struct Deviations {
  double mean = 0;
  double squares = 0;    ///< sum over clusters of (sum of a cluster's deviations from the mean)^2
  int64_t clusters = 0;  ///< without cluster ids: the number of values
};

/// `clusters` as in SumByCluster. Throws Error on no values or one that is not finite.
Deviations DeviationsOf(std::span<const double> values, std::span<const int64_t> clusters = {});

/// The mean, and the sample standard deviation (n - 1) / sqrt(n), absent for one value. With clusters: sqrt(G
/// / (G - 1) * sum of D_g^2) / n, as in MeanDifferenceOf, absent for one cluster. Throws Error as
/// DeviationsOf.
Estimate MeanOf(std::span<const double> values, std::span<const int64_t> clusters = {});

/// Of the unweighted mean of independent estimates with these errors: sqrt(sum of squares) / k.
double ErrorOfAverage(std::span<const double> errors);

/// The unweighted mean of independent estimates, the same in any order; without an error if one of them has
/// none. Throws Error on none.
Estimate AverageOf(std::span<const Estimate> estimates);

}  // namespace vffn
