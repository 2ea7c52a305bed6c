#include "analysis/group_tests.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "analysis/distributions.h"
#include "base/error.h"
#include "base/random.h"

namespace vffn {
namespace {

constexpr size_t kMostCountedPairs = 8;  // pairs whose 40,320 orders are all counted
constexpr int64_t kDrawnOrders = 100000;

bool HasError(const GroupMean& group) { return group.docs > 1 && group.mean.standard_error.has_value(); }

/// Mean ranks of ties, less the mean of all ranks.
std::vector<double> CentredRanks(std::span<const double> values) {
  std::vector<double> ranks;
  for (const double value : values) {
    VFFN_CHECK(std::isfinite(value), value, " has no rank");
    double below = 0, equal = 0;
    for (const double other : values) {
      below += other < value ? 1 : 0;
      equal += other == value ? 1 : 0;
    }
    ranks.push_back(below + equal / 2 - static_cast<double>(values.size()) / 2);
  }
  return ranks;
}

double ProductOf(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// The p-value of a product of ranks: counts orders of y, or draws them. `product` is the observed one.
double PermutedP(const std::vector<double>& x, std::vector<double> y, double product, uint64_t seed) {
  constexpr double kRounding = 1e-9;  // of sums of ranks, which are multiples of 1/4
  const auto as_far = [&] { return std::abs(ProductOf(x, y)) >= std::abs(product) - kRounding; };
  if (y.size() <= kMostCountedPairs) {
    // Orders by index, so that ties count as often as their permutations.
    std::vector<size_t> order(y.size());
    std::iota(order.begin(), order.end(), size_t{0});
    const std::vector<double> values = y;
    double found = 0, all = 0;
    do {
      std::ranges::transform(order, y.begin(), [&](size_t i) { return values[i]; });
      found += as_far() ? 1 : 0;
      ++all;
    } while (std::ranges::next_permutation(order).found);
    return found / all;
  }
  Random random(seed, "order of groups");
  int64_t found = 0;
  for (int64_t draw = 0; draw < kDrawnOrders; ++draw) {
    for (size_t i = y.size() - 1; i > 0; --i) {
      std::swap(y[i], y[random.Below(i + 1)]);
    }
    found += as_far() ? 1 : 0;
  }
  return static_cast<double>(found + 1) / static_cast<double>(kDrawnOrders + 1);
}

}  // namespace

std::optional<EqualMeansTest> TestEqualMeans(std::span<const GroupMean> groups) {
  if (groups.size() < 2 || !std::ranges::all_of(groups, HasError)) {
    return std::nullopt;
  }
  double weights = 0, weighted = 0;
  const auto weight_of = [](const GroupMean& group) {
    return 1 / (*group.mean.standard_error * *group.mean.standard_error);
  };
  for (const GroupMean& group : groups) {
    weights += weight_of(group);
    weighted += weight_of(group) * group.mean.value;
  }
  const double mean = weighted / weights, count = static_cast<double>(groups.size());
  double between = 0, tail = 0;
  for (const GroupMean& group : groups) {
    const double distance = group.mean.value - mean, rest = 1 - weight_of(group) / weights;
    between += weight_of(group) * distance * distance / (count - 1);
    tail += rest * rest / static_cast<double>(group.docs - 1);
  }
  EqualMeansTest test{.f = between / (1 + 2 * (count - 2) / (count * count - 1) * tail),
                      .numerator_degrees = count - 1,
                      .denominator_degrees = (count * count - 1) / (3 * tail)};
  test.p = FisherUpperTail(test.f, test.numerator_degrees, test.denominator_degrees);
  return test;
}

MeansDifference DifferenceOfMeans(const GroupMean& a, const GroupMean& b) {
  MeansDifference result{.difference = {.value = a.mean.value - b.mean.value}};
  if (!HasError(a) || !HasError(b)) {
    return result;
  }
  const double a_variance = *a.mean.standard_error * *a.mean.standard_error;
  const double b_variance = *b.mean.standard_error * *b.mean.standard_error;
  const double variance = a_variance + b_variance;
  const double degrees = variance * variance /
                         (a_variance * a_variance / static_cast<double>(a.docs - 1) +
                          b_variance * b_variance / static_cast<double>(b.docs - 1));
  result.difference.standard_error = std::sqrt(variance);
  result.p = StudentTwoSided(result.difference.value / std::sqrt(variance), degrees);
  return result;
}

PermutedCorrelation PermutationTest(std::span<const double> x, std::span<const double> y, uint64_t seed) {
  VFFN_CHECK(x.size() == y.size(), x.size(), " values for ", y.size(), " others");
  PermutedCorrelation result{.pairs = static_cast<int64_t>(x.size()), .exact = x.size() <= kMostCountedPairs};
  const std::vector<double> x_ranks = CentredRanks(x), y_ranks = CentredRanks(y);
  const double squares = ProductOf(x_ranks, x_ranks) * ProductOf(y_ranks, y_ranks);
  if (squares > 0) {
    const double product = ProductOf(x_ranks, y_ranks);
    result.rho = std::clamp(product / std::sqrt(squares), -1.0, 1.0);
    result.p = PermutedP(x_ranks, y_ranks, product, seed);
  }
  return result;
}

}  // namespace vffn
