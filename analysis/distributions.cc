#include "analysis/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/error.h"

namespace vffn {
namespace {

double NormalCdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method. Converges fast
/// for x < (a + 1) / (a + b + 2).
double BetaFraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  constexpr int kMostTerms = 10000;
  const auto not_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / not_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    double factor = 1;
    for (const double term : {even, odd}) {
      d = 1 / not_zero(1 + term * d);
      c = not_zero(1 + term / c);
      factor = c * d;
      fraction *= factor;
    }
    if (std::abs(factor - 1) < 4 * std::numeric_limits<double>::epsilon()) {
      return fraction;
    }
  }
  Fail("the incomplete beta function of a = ", a, ", b = ", b, ", x = ", x, " does not converge");
}

/// I_x(a, b).
double IncompleteBeta(double a, double b, double x) {
  if (x <= 0 || x >= 1) {
    return x <= 0 ? 0 : 1;
  }
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  return x < (a + 1) / (a + b + 2) ? front * BetaFraction(a, b, x) / a
                                   : 1 - front * BetaFraction(b, a, 1 - x) / b;
}

}  // namespace

double NormalTwoSided(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

double NormalQuantile(double p) {
  VFFN_CHECK(p > 0 && p < 1, "the normal quantile of ", p, ", which is not between 0 and 1");
  if (p > 0.5) {
    return -NormalQuantile(1 - p);
  }
  double low = -40;
  double high = 0;
  while (true) {
    const double middle = (low + high) / 2;
    if (middle <= low || middle >= high) {
      return middle;
    }
    (NormalCdf(middle) < p ? low : high) = middle;
  }
}

double StudentTwoSided(double t, double degrees) {
  VFFN_CHECK(degrees > 0, "Student's t with ", degrees, " degrees of freedom");
  return IncompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t));
}

double StudentTwoSidedQuantile(double p, double degrees) {
  VFFN_CHECK(p > 0 && p < 1, "a quantile of ", p);
  double low = 0, high = 1;
  while (StudentTwoSided(high, degrees) > p) {
    high *= 2;
  }
  constexpr int kHalvings = 60;  // more than a double's digits
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (StudentTwoSided(middle, degrees) > p ? low : high) = middle;
  }
  return high;
}

double BinomialUpperTail(int64_t at_least, int64_t trials, double probability) {
  VFFN_CHECK(trials >= 0 && probability >= 0 && probability <= 1, "a binomial tail of ", trials,
             " trials of probability ", probability);
  if (at_least <= 0 || at_least > trials) {
    return at_least <= 0 ? 1 : 0;
  }
  const auto k = static_cast<double>(at_least);
  return IncompleteBeta(k, static_cast<double>(trials) - k + 1, probability);
}

}  // namespace vffn
