#include "analysis/group_tests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/distributions.h"
#include "base/json.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::HasSubstr;

Json GroupGolden(const char* name) {
  return ReadJsonFile(std::string(VFFN_TESTS_DIR) + "/golden/statistics/groups.json")[name];
}

TEST(FisherUpperTail, EqualsScipy) {
  for (const Json& golden : GroupGolden("f_upper_tail")) {
    const double expected = golden[3];
    EXPECT_NEAR(FisherUpperTail(golden[0], golden[1], golden[2]), expected, 1e-12 + 1e-10 * expected)
        << golden;
  }
}

TEST(TestEqualMeans, EqualsScipy) {
  for (const Json& golden : GroupGolden("welch")) {
    std::vector<GroupMean> groups;
    for (const Json& group : golden["groups"]) {
      const std::vector<double> values = group;
      groups.push_back({MeanOf(values), static_cast<int64_t>(values.size())});
    }
    const EqualMeansTest test = *TestEqualMeans(groups);
    EXPECT_NEAR(test.f, golden["f"], 1e-10 * test.f);
    EXPECT_NEAR(test.p, golden["p"], 1e-10);
    const MeansDifference difference = DifferenceOfMeans(groups[0], groups[1]);
    EXPECT_NEAR(difference.difference.value, golden["first_difference"], 1e-12);
    EXPECT_NEAR(*difference.p, golden["first_p"], 1e-10);
  }
}

TEST(TestEqualMeans, SaysNothingWithoutErrors) {
  const std::vector<GroupMean> groups = {{{1, 0.1}, 5}, {{2, std::nullopt}, 1}, {{3, 0.2}, 9}};
  EXPECT_FALSE(TestEqualMeans(groups));
  EXPECT_FALSE(TestEqualMeans(std::vector<GroupMean>{groups[0]}));
  EXPECT_FALSE(DifferenceOfMeans(groups[0], groups[1]).p);
  EXPECT_EQ(DifferenceOfMeans(groups[0], groups[1]).difference, (Estimate{.value = -1}));
  EXPECT_TRUE(TestEqualMeans(std::vector<GroupMean>{groups[0], groups[2]}));
}

TEST(PermutationTest, EqualsScipy) {
  for (const Json& golden : GroupGolden("permuted")) {
    const std::vector<double> x = golden["x"], y = golden["y"];
    const PermutedCorrelation result = PermutationTest(x, y, 1);
    EXPECT_NEAR(*result.rho, golden["rho"], 1e-12);
    EXPECT_EQ(result.exact, x.size() <= 8);
    // Drawn orders: three standard errors of 20,000 draws and of 100,000.
    EXPECT_NEAR(*result.p, golden["p"], result.exact ? 1e-12 : 0.012);
  }
}

TEST(PermutationTest, OfFewPairsHasNoSmallP) {
  const std::vector<double> three = {1, 2, 3};
  EXPECT_DOUBLE_EQ(*PermutationTest(three, three, 0).p, 2.0 / 6);  // 1 2 3 and 3 2 1
  const std::vector<double> flat = {1, 1, 1};
  EXPECT_FALSE(PermutationTest(three, flat, 0).p || PermutationTest(three, flat, 0).rho);
  EXPECT_FALSE(PermutationTest({}, {}, 0).rho);
  EXPECT_THAT(ErrorOf([&] { PermutationTest(three, {}, 0); }), HasSubstr("3 values for 0"));
}

}  // namespace
}  // namespace vffn
