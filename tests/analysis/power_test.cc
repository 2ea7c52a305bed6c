#include "analysis/power.h"

#include <gtest/gtest.h>

#include "analysis/holm.h"
#include "analysis/unpaired.h"
#include "tests/analysis/golden.h"
#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

TEST(DetectableDifference, SolvesConnorsEquation) {
  for (const Json& row : Golden("detectable")) {
    const auto detectable = DetectableDifference(row[0], row[1], {});
    ASSERT_EQ(detectable.has_value(), !row[2].is_null()) << row;
    if (detectable) {
      EXPECT_NEAR(*detectable, row[2].get<double>(), 1e-12) << row;
    }
  }
}

// The formula is an approximation: the exact power of the mid-p test at its answer is 0.80 to 0.84.
TEST(DetectableDifference, HasThePowerItPromises) {
  for (const Json& row : Golden("exact_power")) {
    EXPECT_GE(row[2].get<double>(), 0.8) << row;
    EXPECT_LE(row[2].get<double>(), 0.84) << row;
  }
}

TEST(DetectableDifference, CannotTellWhereNothingChanges) {
  EXPECT_FALSE(DetectableDifference(500, 0, {}).has_value());
  EXPECT_NE(MessageOf([] { DetectableDifference(0, 0.1, {}); }), "");
  EXPECT_NE(MessageOf([] { DetectableDifference(10, 1.1, {}); }), "");
}

TEST(UnpairedZ, IsStatsmodels) {
  for (const Json& row : Golden("unpaired")) {
    const auto n1 = row[1].get<double>(), n2 = row[3].get<double>();
    const ScorePair pair{row[0].get<double>() / n1, row[2].get<double>() / n2, row[1], row[3]};
    EXPECT_NEAR(UnpairedZ({&pair, 1}).value(), row[4].get<double>(), 1e-12);
  }
}

TEST(CorrelationNeeded, MakesZJustSignificant) {
  std::vector<ScorePair> tasks;
  for (const Json& row : Golden("correlation").at("tasks")) {
    tasks.push_back({row[0], row[1], row[2], row[2]});
  }
  const auto needed = CorrelationNeeded(tasks, 0.05);
  EXPECT_NEAR(needed.value().correlation, Golden("correlation").at("correlation").get<double>(), 1e-10);
  EXPECT_TRUE(needed->attainable);
  EXPECT_NEAR(UnpairedZ(tasks).value(), Golden("correlation").at("z").get<double>(), 1e-12);
}

TEST(CorrelationNeeded, TestsAPrintedMean) {
  const ScorePair tasks[] = {{0.60, 0.611, 1000, 1000}, {0.5, 0.5, 1000, 1000}};
  EXPECT_NEAR(UnpairedZ(tasks, 0.011).value(), 2 * UnpairedZ(tasks).value(), 1e-12);
  EXPECT_LT(CorrelationNeeded(tasks, 0.05, 0.011)->correlation, CorrelationNeeded(tasks, 0.05)->correlation);
}

// 3 questions that all change one way have z = sqrt(3): no correlation makes that significant.
TEST(CorrelationNeeded, MayNotBeAttainable) {
  const ScorePair three{0.5, 0.503, 1000, 1000}, five{0.5, 0.505, 1000, 1000};
  EXPECT_FALSE(CorrelationNeeded({&three, 1}, 0.05)->attainable);
  EXPECT_TRUE(CorrelationNeeded({&five, 1}, 0.05)->attainable);
}

TEST(CorrelationNeeded, CannotTellWithoutDifferenceOrVariance) {
  const ScorePair same{0.5, 0.5, 100, 100}, perfect{1, 1, 100, 100}, zero_one{0, 1, 100, 100};
  EXPECT_FALSE(CorrelationNeeded({&same, 1}, 0.05).has_value());
  EXPECT_FALSE(CorrelationNeeded({&zero_one, 1}, 0.05).has_value());
  const ScorePair up_and_down[] = {{0.1, 0.3, 10, 10}, {0.3, 0.1, 10, 10}, {0.7, 0.7, 10, 10}};
  EXPECT_FALSE(CorrelationNeeded(up_and_down, 0.05).has_value());
  EXPECT_FALSE(UnpairedZ({&perfect, 1}).has_value());
  EXPECT_FALSE(UnpairedZ({}).has_value());
  const ScorePair other_split{0.5, 0.6, 100, 200};
  EXPECT_NE(MessageOf([&] { CorrelationNeeded({&other_split, 1}, 0.05); }), "");
}

TEST(AdjustByHolm, IsStatsmodels) {
  std::vector<std::optional<double>> p;
  for (const Json& value : Golden("holm").at("p")) {
    p.emplace_back(value.get<double>());
  }
  const auto adjusted = AdjustByHolm(p);
  for (size_t i = 0; i < p.size(); ++i) {
    EXPECT_NEAR(adjusted[i].value(), Golden("holm").at("adjusted")[i].get<double>(), 1e-14);
  }
  // The seventh is 1: absent, it is still one of eight.
  p[6].reset();
  const auto without = AdjustByHolm(p);
  EXPECT_FALSE(without[6].has_value());
  EXPECT_EQ(without[3], adjusted[3]);
  EXPECT_TRUE(AdjustByHolm({}).empty());
}

}  // namespace
}  // namespace vffn
