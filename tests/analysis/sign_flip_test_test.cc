#include "analysis/sign_flip_test.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/analysis/golden.h"

namespace vffn {
namespace {

TEST(McNemarTest, IsStatsmodels) {
  for (const Json& row : Golden("mcnemar")) {
    const auto test = McNemarTest(row[0], row[1]);
    ASSERT_TRUE(test.has_value());
    EXPECT_NEAR(test->p, row[2].get<double>(), 1e-11) << row;
    EXPECT_NEAR(test->mid_p, row[3].get<double>(), 1e-11) << row;
  }
}

TEST(SignFlipTest, CountsAllSigns) {
  for (const Json& row : Golden("sign_flip")) {
    const auto test = SignFlipTest(Numbers<int64_t>(row.at("differences")));
    ASSERT_EQ(test.has_value(), !row.at("p").is_null());
    EXPECT_NEAR(test->p, row.at("p").get<double>(), 1e-14);
    EXPECT_NEAR(test->mid_p, row.at("mid_p").get<double>(), 1e-14);
  }
}

TEST(SignFlipTest, CannotTellWithoutChanges) {
  EXPECT_FALSE(McNemarTest(0, 0).has_value());
  EXPECT_FALSE(SignFlipTest({}).has_value());
  EXPECT_FALSE(SignFlipTest(std::vector<int64_t>{0, 0, 0}).has_value());
}

// Two questions that always change together are one piece of evidence.
TEST(SignFlipTest, ClustersAreNoMoreEvidenceThanOneQuestion) {
  EXPECT_DOUBLE_EQ(SignFlipTest(std::vector<int64_t>(6, 2))->mid_p, McNemarTest(6, 0)->mid_p);
  EXPECT_LT(McNemarTest(12, 0)->mid_p, McNemarTest(6, 0)->mid_p);
}

// The exact test of whole numbers counts the same signs.
TEST(SignFlipP, IsTheExactTestOfWholeNumbers) {
  const std::vector<int64_t> few = {3, -1, 2, 2, 0, -5, 4, 1, 1, 3};
  EXPECT_NEAR(*SignFlipP(std::vector<double>(few.begin(), few.end()), {}), SignFlipTest(few)->p, 1e-12);
  std::vector<int64_t> many;
  for (int64_t i = 0; i < 90; ++i) {
    many.push_back(i % 7 - 3 + (i % 6 == 0 ? 1 : 0));
  }
  const double exact = SignFlipTest(many)->p;
  const double sampled =
      *SignFlipP(std::vector<double>(many.begin(), many.end()), {.replicates = 100000, .seed = 1});
  EXPECT_GT(exact, 0.01);
  EXPECT_NEAR(sampled, exact, 4 * std::sqrt(exact / 100000));  // four errors of a share of 100000 draws
}

TEST(SignFlipP, IsNeverZeroAndFollowsFromTheSeed) {
  const std::vector<double> same(200, 0.25);
  EXPECT_DOUBLE_EQ(*SignFlipP(same, {.replicates = 999}), 0.001);
  std::vector<double> mixed;
  for (int i = 0; i < 200; ++i) {
    mixed.push_back(i % 3 == 0 ? -1.5 : 0.75 + 0.001 * i);
  }
  EXPECT_EQ(SignFlipP(mixed, {.seed = 4}), SignFlipP(mixed, {.seed = 4}));
  EXPECT_NE(SignFlipP(mixed, {.seed = 4}), SignFlipP(mixed, {.seed = 5}));
}

TEST(SignFlipP, CannotTellWithoutDifferences) {
  EXPECT_FALSE(SignFlipP({}, {}).has_value());
  EXPECT_FALSE(SignFlipP(std::vector<double>{0, 0}, {}).has_value());
}

}  // namespace
}  // namespace vffn
