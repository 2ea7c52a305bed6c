#include "analysis/distributions.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/analysis/golden.h"
#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

/// Within a part in 10^10, also of very small tails.
void ExpectClose(double value, double expected) { EXPECT_NEAR(value, expected, 1e-10 * expected + 1e-300); }

TEST(Distributions, AreScipys) {
  for (const Json& row : Golden("distributions").at("normal_two_sided")) {
    ExpectClose(NormalTwoSided(row[0]), row[1]);
    ExpectClose(NormalTwoSided(-row[0].get<double>()), row[1]);
  }
  for (const Json& row : Golden("distributions").at("normal_quantile")) {
    EXPECT_NEAR(NormalQuantile(row[0]), row[1].get<double>(), 1e-10);
  }
  for (const Json& row : Golden("distributions").at("student_two_sided")) {
    ExpectClose(StudentTwoSided(row[0], row[1]), row[2]);
    if (const double p = row[2]; p > 1e-6 && p < 1) {
      const double t = std::abs(row[0].get<double>());
      EXPECT_NEAR(StudentTwoSidedQuantile(p, row[1]), t, 1e-9 * t);
    }
  }
  for (const Json& row : Golden("distributions").at("binomial_upper_tail")) {
    ExpectClose(BinomialUpperTail(row[0], row[1], row[2]), row[3]);
  }
}

TEST(Distributions, RefuseWhatIsNotDefined) {
  EXPECT_NE(MessageOf([] { NormalQuantile(0); }), "");
  EXPECT_NE(MessageOf([] { NormalQuantile(1); }), "");
  EXPECT_NE(MessageOf([] { StudentTwoSided(1, 0); }), "");
  EXPECT_NE(MessageOf([] { StudentTwoSidedQuantile(1, 3); }), "");
  EXPECT_NE(MessageOf([] { BinomialUpperTail(1, 2, 1.5); }), "");
}

}  // namespace
}  // namespace vffn
