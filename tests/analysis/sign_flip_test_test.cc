#include "analysis/sign_flip_test.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace vffn
