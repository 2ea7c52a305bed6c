#include "analysis/wilson.h"

#include <gtest/gtest.h>

namespace vffn {
namespace {

TEST(WilsonInterval, IsThatOfSciPy) {
  // scipy.stats.binomtest(k, n).proportion_ci(0.95, method="wilson"), SciPy 1.17.1
  const struct {
    int64_t right, questions;
    double low, high;
  } cases[] = {{10, 10, 0.7224672001371107, 1.0},
               {0, 10, 0.0, 0.2775327998628892},
               {69, 100, 0.5937394428051057, 0.7722030278762395},
               {1, 1, 0.20654931437723745, 1.0}};
  for (const auto& [right, questions, low, high] : cases) {
    const double share = static_cast<double>(right) / static_cast<double>(questions);
    const ConfidenceInterval interval = WilsonInterval(share, questions, 1.959963984540054);
    EXPECT_NEAR(interval.low, low, 1e-12) << right;
    EXPECT_NEAR(interval.high, high, 1e-12) << right;
  }
}

TEST(WilsonInterval, StandsInForErrorsThatWouldBeZero) {
  EXPECT_FALSE(IntervalWithoutVariation({.value = 0.5, .standard_error = 0.1}, 10));
  EXPECT_FALSE(IntervalWithoutVariation({.value = 1, .standard_error = {}}, 0));
  EXPECT_NEAR(IntervalWithoutVariation({.value = 1, .standard_error = 0}, 10)->low, 0.7224672001371107,
              1e-12);
  EXPECT_EQ(IntervalWithoutVariation({.value = 0, .standard_error = {}}, 10)->low, 0);
}

}  // namespace
}  // namespace vffn
