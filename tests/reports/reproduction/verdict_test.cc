#include "reports/reproduction/verdict.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"

namespace vffn {
namespace {

// Newcombe 1998, Statistics in Medicine 17:873, Table II, method 10: (a) 56/70 - 48/80, (f) 9/10 - 3/10,
// (h) 10/10 - 0/10 among others; printed to four decimals.
TEST(DifferenceOf, IsNewcombesInterval) {
  struct Row {
    int a, m, b, n;
    double low, high;
  };
  for (const Row& row : {Row{56, 70, 48, 80, 0.0524, 0.3339}, Row{9, 10, 3, 10, 0.1705, 0.8090},
                         Row{5, 56, 0, 29, -0.0381, 0.1926}, Row{10, 10, 0, 20, 0.6791, 1.0},
                         Row{10, 10, 0, 10, 0.6075, 1.0}}) {
    const Difference difference = DifferenceOf(Proportion{double(row.b) / row.n, row.n},
                                               Proportion{double(row.a) / row.m, row.m}, 0.95);
    EXPECT_NEAR(difference.interval.low, row.low, 5e-5);
    EXPECT_NEAR(difference.interval.high, row.high, 5e-5);
  }
}

TEST(DifferenceOf, HasThePAtWhichItsIntervalTouchesZero) {
  const Proportion published{0.6, 80}, ours{0.8, 70};
  const double p = DifferenceOf(published, ours, 0.95).p;
  EXPECT_GT(p, 0.001);
  EXPECT_LT(p, 0.05);
  EXPECT_NEAR(DifferenceOf(published, ours, 1 - p).interval.low, 0, 1e-9);
  EXPECT_NEAR(DifferenceOf(ours, published, 0.95).p, p, 1e-9);
  EXPECT_EQ(DifferenceOf(ours, ours, 0.95).p, 1);
}

TEST(DifferenceOf, HoldsForFewQuestionsAllRightOrWrong) {
  const Difference difference = DifferenceOf(Proportion{1, 1}, Proportion{1, 1}, 0.95);
  EXPECT_EQ(difference.value, 0);
  EXPECT_LT(difference.interval.low, -0.5);
  EXPECT_GT(difference.interval.high, 0.5);
  EXPECT_THROW(DifferenceOf(Proportion{0.5, 0}, Proportion{0.5, 1}, 0.95), Error);
}

TEST(DifferenceOf, AddsTheErrorsOfMeans) {
  const Difference difference = DifferenceOf(Mean{52, 0.6}, Mean{53.96, 0.8}, 0.95);
  EXPECT_NEAR(difference.value, 1.96, 1e-9);
  EXPECT_NEAR(difference.interval.low, 1.96 - 1.959964, 1e-5);  // one standard error is 1
  EXPECT_NEAR(difference.p, 0.049996, 1e-6);
  EXPECT_THROW(DifferenceOf(Mean{52, 0}, Mean{52, 0}, 0.95), Error);
}

TEST(Judge, GoesDownTheRules) {
  const Difference small{.value = 0.2, .interval = {-0.5, 0.9}};
  const Difference large{.value = 0.2, .interval = {-0.5, 1.1}};
  EXPECT_EQ(Judge(large, 1, true, 0.05, 1), Verdict::kSame);  // the printed digits are ours
  EXPECT_EQ(Judge(large, 0.049, false, 0.05, 1), Verdict::kDiffers);
  EXPECT_EQ(Judge(large, 0.05, false, 0.05, 1), Verdict::kCannotTell);
  EXPECT_EQ(Judge(small, 0.05, false, 0.05, 1), Verdict::kSame);     // too small to matter
  EXPECT_EQ(Judge(small, 0.01, false, 0.05, 1), Verdict::kDiffers);  // and yet certain
}

}  // namespace
}  // namespace vffn
