#include "analysis/distributions.h"

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>

#include "base/error.h"

namespace vffn {

double NormalTwoSided(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

double NormalQuantile(double p) {
  VFFN_CHECK(p > 0 && p < 1, "the normal quantile of ", p, ", which is not between 0 and 1");
  return -std::numbers::sqrt2 * boost::math::erfc_inv(2 * p);
}

double StudentTwoSided(double t, double degrees) {
  VFFN_CHECK(degrees > 0, "Student's t with ", degrees, " degrees of freedom");
  return boost::math::ibeta(degrees / 2, 0.5, degrees / (degrees + t * t));
}

double StudentTwoSidedQuantile(double p, double degrees) {
  VFFN_CHECK(p > 0 && p < 1, "a quantile of ", p);
  VFFN_CHECK(degrees > 0, "Student's t with ", degrees, " degrees of freedom");
  double rest = 0;  // 1 - x, without cancellation
  const double x = boost::math::ibeta_inv(degrees / 2, 0.5, p, &rest);
  return std::sqrt(degrees * rest / x);
}

double FisherUpperTail(double f, double numerator_degrees, double denominator_degrees) {
  VFFN_CHECK(numerator_degrees > 0 && denominator_degrees > 0, "Fisher's F with ", numerator_degrees, " and ",
             denominator_degrees, " degrees of freedom");
  return f <= 0 ? 1
                : boost::math::ibeta(denominator_degrees / 2, numerator_degrees / 2,
                                     denominator_degrees / (denominator_degrees + numerator_degrees * f));
}

double BinomialUpperTail(int64_t at_least, int64_t trials, double probability) {
  VFFN_CHECK(trials >= 0 && probability >= 0 && probability <= 1, "a binomial tail of ", trials,
             " trials of probability ", probability);
  if (at_least <= 0 || at_least > trials) {
    return at_least <= 0 ? 1 : 0;
  }
  return boost::math::ibeta(static_cast<double>(at_least), static_cast<double>(trials - at_least + 1),
                            probability);
}

}  // namespace vffn
