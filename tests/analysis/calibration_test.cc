#include "analysis/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "analysis/chance.h"
#include "base/random.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::HasSubstr;

/// Answers of which those with confidence p are right with probability p - `overconfidence`.
std::vector<Prediction> DrawnPredictions(int64_t count, double overconfidence, uint64_t seed) {
  Random random(seed, "predictions");
  std::vector<Prediction> predictions;
  for (int64_t i = 0; i < count; ++i) {
    const double confidence = 0.25 + 0.75 * random.Uniform();
    predictions.push_back({confidence, random.Uniform() < confidence - overconfidence});
  }
  return predictions;
}

// Bins of width 1/4: 0.25 is in the first, 0.3 and 0.5 in the second, 0.9 in the last.
TEST(Calibration, IsWhatItIsByHand) {
  const std::vector<Prediction> predictions = {{0.25, true}, {0.3, false}, {0.5, true}, {0.9, false}};
  const Calibration result = CalibrationOf(predictions, {.bins = 4});
  ASSERT_EQ(result.bins.size(), 3);
  EXPECT_EQ(result.bins[1].questions, 2);
  EXPECT_DOUBLE_EQ(result.bins[1].confidence, 0.4);
  EXPECT_DOUBLE_EQ(result.bins[1].accuracy, 0.5);
  EXPECT_EQ(result.bins[1].low, 0.25);
  EXPECT_EQ(result.bins[2].low, 0.75);
  EXPECT_DOUBLE_EQ(result.error, (0.75 + 2 * 0.1 + 0.9) / 4);
  EXPECT_DOUBLE_EQ(result.confidence.value, 0.4875);
  EXPECT_EQ(result.accuracy.value, 0.5);
  EXPECT_NEAR(result.gap.value, -0.0125, 1e-15);
}

TEST(Calibration, HasBinsOfEqualMass) {
  const std::vector<Prediction> predictions = {
      {0.9, false}, {0.3, false}, {0.5, true}, {0.25, true}, {0.8, true}};
  const Calibration result = CalibrationOf(predictions, {.bins = 2, .binning = Binning::kEqualMass});
  ASSERT_EQ(result.bins.size(), 2);
  EXPECT_EQ(result.bins[0].questions, 2);  // 0.25, 0.3
  EXPECT_EQ(result.bins[0].high, 0.3);
  EXPECT_EQ(result.bins[1].low, 0.5);
  EXPECT_DOUBLE_EQ(result.error, (std::abs(0.55 - 1) + std::abs(2.2 - 2)) / 5);
  const Calibration more_bins = CalibrationOf(predictions, {.bins = 9, .binning = Binning::kEqualMass});
  EXPECT_EQ(more_bins.bins.size(), 5);  // one question each, four bins without any
}

TEST(Calibration, EndsOfTheRangeAreInTheOuterBins) {
  const std::vector<Prediction> predictions = {{0, false}, {1, true}, {1, true}};
  const Calibration result = CalibrationOf(predictions, {});
  ASSERT_EQ(result.bins.size(), 2);
  EXPECT_EQ(result.bins[0].high, 1.0 / 15);
  EXPECT_EQ(result.bins[1].questions, 2);
  EXPECT_EQ(result.error, 0);
  EXPECT_EQ(result.p, 1);  // every calibrated model has an error of 0, too
}

// Wilson's interval of 8 of 10: statsmodels' proportion_confint(8, 10, method="wilson").
TEST(Calibration, GivesWilsonsIntervalOfABin) {
  std::vector<Prediction> predictions(10, {0.7, true});
  predictions[0].correct = predictions[1].correct = false;
  const ConfidenceInterval interval = CalibrationOf(predictions, {}).bins[0].interval;
  EXPECT_NEAR(interval.low, 0.4901624715366802, 1e-9);
  EXPECT_NEAR(interval.high, 0.9433178485456247, 1e-9);
}

TEST(Calibration, TellsChanceFromOverconfidence) {
  int rejected = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const Calibration calibrated = CalibrationOf(DrawnPredictions(300, 0, seed), {.replicates = 300});
    rejected += *calibrated.p < 0.05 ? 1 : 0;
    EXPECT_EQ(*calibrated.p<0.05, calibrated.interval->low> 0) << seed;
    EXPECT_GT(calibrated.error, 0.02);  // though the model is calibrated
    EXPECT_NEAR(calibrated.error, *calibrated.calibrated, 0.06);
    const Calibration overconfident = CalibrationOf(DrawnPredictions(300, 0.2, seed), {.replicates = 300});
    EXPECT_LT(*overconfident.p, 0.01);
    EXPECT_GT(overconfident.interval->low, 0.05);
    EXPECT_GT(overconfident.gap.value, 0.1);
  }
  EXPECT_LE(rejected, 6);  // 2 are expected; 7 or more have a probability of 0.003
}

// The share of intervals that contain the error of the whole population, which is the overconfidence.
TEST(Calibration, IntervalsCoverTheTruth) {
  for (const double truth : {0.0, 0.2}) {
    int covered = 0;
    for (uint64_t seed = 100; seed < 160; ++seed) {
      const auto interval = CalibrationOf(DrawnPredictions(400, truth, seed), {.replicates = 300}).interval;
      covered += interval->low <= truth && truth <= interval->high ? 1 : 0;
    }
    EXPECT_GE(covered, 51) << truth;  // of 60; 95 % are 57, fewer than 51 have a probability of 0.003
  }
}

TEST(Calibration, FollowsFromTheSeedAlone) {
  const std::vector<Prediction> predictions = DrawnPredictions(100, 0.1, 1);
  EXPECT_EQ(CalibrationOf(predictions, {.seed = 3}), CalibrationOf(predictions, {.seed = 3}));
  EXPECT_NE(CalibrationOf(predictions, {.seed = 3}).interval,
            CalibrationOf(predictions, {.seed = 4}).interval);
}

// Every question three times: what the copies add is no information.
TEST(Calibration, DrawsWholeClusters) {
  const std::vector<Prediction> once = DrawnPredictions(200, 0.2, 5);
  std::vector<Prediction> copies;
  std::vector<int64_t> clusters;
  for (size_t i = 0; i < 3 * once.size(); ++i) {
    copies.push_back(once[i / 3]);
    clusters.push_back(static_cast<int64_t>(i / 3));
  }
  const Calibration alone = CalibrationOf(once, {}), clustered = CalibrationOf(copies, {}, clusters);
  EXPECT_NEAR(clustered.error, alone.error, 1e-12);
  EXPECT_NEAR(*clustered.gap.standard_error, *alone.gap.standard_error, 1e-12);
  EXPECT_NEAR(clustered.interval->low, alone.interval->low, 1e-12);
  EXPECT_NEAR(clustered.interval->high, alone.interval->high, 1e-12);
  const Calibration unclustered = CalibrationOf(copies, {});
  EXPECT_LT(unclustered.interval->high - unclustered.interval->low,
            0.7 * (alone.interval->high - alone.interval->low));
}

TEST(Calibration, SaysNothingThatTheDataDoNot) {
  const std::vector<Prediction> one = {{0.5, true}};
  EXPECT_FALSE(CalibrationOf(one, {}).interval);
  EXPECT_FALSE(CalibrationOf(one, {}).gap.standard_error);
  EXPECT_FALSE(CalibrationOf(one, {.replicates = 0}).p);
  EXPECT_THAT(ErrorOf([] { CalibrationOf({}, {}); }), HasSubstr("no answers"));
  EXPECT_THAT(ErrorOf([&] { CalibrationOf(one, {.bins = 0}); }), HasSubstr("0 bins"));
  const std::vector<Prediction> wrong = {{1.5, true}};
  EXPECT_THAT(ErrorOf([&] { CalibrationOf(wrong, {}); }), HasSubstr("a confidence of 1.5"));
}

TEST(CentredOnChance, IsZeroAtChanceAndOneAtTheTop) {
  const std::vector<double> chances = {0.25, 0.5, 0.25, 0.5};
  const std::vector<double> right = {1, 1, 1, 1}, some = {0, 0, 1, 0.5};
  EXPECT_DOUBLE_EQ(CentredOnChance(right, chances)->value, 1);
  EXPECT_DOUBLE_EQ(CentredOnChance(some, chances)->value, 0);
  EXPECT_FALSE(CentredOnChance(right, chances)->standard_error.value_or(0) > 1e-12);
}

TEST(CentredOnChance, ScalesTheErrorIfAllChancesAreEqual) {
  const std::vector<double> values = {1, 0, 1, 1, 0}, chances(5, 0.25);
  const Estimate centred = *CentredOnChance(values, chances);
  EXPECT_DOUBLE_EQ(centred.value, (0.6 - 0.25) / 0.75);
  EXPECT_DOUBLE_EQ(*centred.standard_error, *MeanOf(values).standard_error / 0.75);
}

TEST(CentredOnChance, IsAbsentWithOneChoice) {
  const std::vector<double> ones = {1, 1}, some = {1, 0.5};
  EXPECT_FALSE(CentredOnChance(ones, ones));
  EXPECT_TRUE(CentredOnChance(ones, some));
}

}  // namespace
}  // namespace vffn
