#include "analysis/wilson.h"

#include <algorithm>
#include <cmath>

#include "analysis/distributions.h"
#include "base/error.h"

namespace vffn {

ConfidenceInterval WilsonInterval(double share, int64_t questions, double z) {
  VFFN_CHECK(questions > 0 && share >= 0 && share <= 1, "a share of ", share, " of ", questions,
             " questions");
  const auto n = static_cast<double>(questions);
  const double middle = share + z * z / (2 * n);
  const double reach = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  return {std::max(0.0, (middle - reach) / scale), std::min(1.0, (middle + reach) / scale)};
}

std::optional<ConfidenceInterval> IntervalWithoutVariation(const Estimate& accuracy, int64_t questions) {
  constexpr double kConfidence = 0.95;
  const bool varies = accuracy.value != 0 && accuracy.value != 1;
  return varies || questions < 1 ? std::nullopt
                                 : std::optional(WilsonInterval(accuracy.value, questions,
                                                                NormalQuantile(0.5 + kConfidence / 2)));
}

}  // namespace vffn
