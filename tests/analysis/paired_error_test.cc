#include "analysis/paired_error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "analysis/distributions.h"
#include "tests/analysis/golden.h"
#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

TEST(MeanDifference, IsScipysAndStatsmodels) {
  for (const Json& row : Golden("paired_errors")) {
    const auto differences = Numbers<double>(row.at("differences"));
    const MeanDifference alone = MeanDifferenceOf(differences);
    EXPECT_NEAR(alone.mean, row.at("mean").get<double>(), 1e-14);
    EXPECT_NEAR(alone.standard_error.value(), row.at("error").get<double>(), 1e-14);
    EXPECT_NEAR(StudentTwoSided(alone.mean / *alone.standard_error, static_cast<double>(alone.clusters - 1)),
                row.at("t_test_p").get<double>(), 1e-12);
    const MeanDifference clustered = MeanDifferenceOf(differences, Numbers<int64_t>(row.at("clusters")));
    EXPECT_NEAR(clustered.standard_error.value(), row.at("clustered_error").get<double>(), 1e-14);
  }
}

TEST(MeanDifference, OfClustersOfOneIsThatWithoutClusters) {
  const std::vector<double> differences = {1, 0, -1, 1, 0.5};
  EXPECT_DOUBLE_EQ(MeanDifferenceOf(differences, std::vector<int64_t>{9, 7, 5, 3, 1}).standard_error.value(),
                   MeanDifferenceOf(differences).standard_error.value());
}

TEST(MeanDifference, CannotTellWithoutVariation) {
  EXPECT_FALSE(MeanDifferenceOf(std::vector<double>{1}).standard_error.has_value());
  EXPECT_FALSE(MeanDifferenceOf(std::vector<double>{0, 0, 0}).standard_error.has_value());
  EXPECT_FALSE(MeanDifferenceOf(std::vector<double>{0.1, 0.1, 0.1}).standard_error.has_value());
  EXPECT_FALSE(MeanDifferenceOf(std::vector<double>{1, 0}, std::vector<int64_t>{4, 4}).standard_error);
}

TEST(MeanDifference, RefusesWhatIsNoNumber) {
  EXPECT_NE(MessageOf([] { MeanDifferenceOf({}); }), "");
  EXPECT_NE(MessageOf([] { MeanDifferenceOf(std::vector{std::numeric_limits<double>::quiet_NaN()}); }), "");
  EXPECT_NE(MessageOf([] { MeanDifferenceOf(std::vector<double>{1, 2}, std::vector<int64_t>{1}); }), "");
}

TEST(MeanDifference, AveragesTasks) {
  const std::vector<MeanDifference> tasks = {{0.02, 0.003, 100}, {-0.01, 0.004, 50}};
  const MeanDifference average = AverageOf(tasks);
  EXPECT_DOUBLE_EQ(average.mean, 0.005);
  EXPECT_DOUBLE_EQ(average.standard_error.value(), 0.0025);
  EXPECT_EQ(AverageOf(std::vector<MeanDifference>{{0.02, 0.003, 100}, {0, {}, 50}}).standard_error, 0.0015);
  EXPECT_FALSE(AverageOf(std::vector<MeanDifference>{{0.02, 0.003, 100}, {0, {}, 1}}).standard_error);
  EXPECT_FALSE(AverageOf(std::vector<MeanDifference>{{0, {}, 100}, {0, {}, 50}}).standard_error);
}

}  // namespace
}  // namespace vffn
