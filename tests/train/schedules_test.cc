#include "train/config/schedules.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/fields.h"
#include "base/json.h"

namespace vffn {
namespace {

Json ReadGolden(const char* name) {
  return ReadJsonFile(std::filesystem::path(VFFN_TESTS_DIR) / "golden/schedules" / name);
}

/// The release's settings.
TrainingConfig ReleaseConfig(int64_t steps) {
  TrainingConfig config;
  config.steps = steps;
  config.schedule.warmup_steps = 1500;
  return config;
}

TEST(SchedulesTest, LearningRateIsOlmos) {
  const Json golden = ReadGolden("learning_rate.json");
  int compared = 0;
  for (const Json& row : golden["values"]) {
    const int64_t step = row["step"];
    const double expected = row["lr"];
    const double rate = LearningRate(ReleaseConfig(row["max_steps"]), step);
    EXPECT_NEAR(rate, expected, 1e-15 * 5e-4) << step;  // rounding of the last bits: 5e-4 * 0.1 is not 5e-5
    ++compared;
  }
  EXPECT_EQ(compared, 32);
}

TEST(SchedulesTest, WarmUpIsAShareOfAllSteps) {
  TrainingConfig config;
  config.steps = 1000;
  EXPECT_EQ(WarmupSteps(config), 50);
  EXPECT_DOUBLE_EQ(LearningRate(config, 50), 5e-4);
  EXPECT_LT(LearningRate(config, 49), 5e-4);
  EXPECT_LT(LearningRate(config, 51), 5e-4);
  config.schedule.warmup_steps = 0;
  EXPECT_NEAR(LearningRate(config, 1), 5e-4, 2e-9);
  EXPECT_DOUBLE_EQ(LearningRate(config, 1000), 5e-5);
}

TEST(SchedulesTest, TheCosineMayEndElsewhere) {
  TrainingConfig longer = ReleaseConfig(25431), shorter = ReleaseConfig(5000);
  shorter.schedule.end_step = 25431;
  EXPECT_EQ(LearningRate(shorter, 5000), LearningRate(longer, 5000));
  shorter.schedule.end_step = 3000;
  EXPECT_DOUBLE_EQ(LearningRate(shorter, 3000), 5e-5);
  EXPECT_DOUBLE_EQ(LearningRate(shorter, 4000), 5e-5);
}

TEST(SchedulesTest, TemperatureIsTheReleases) {
  const Json golden = ReadGolden("temperature.json");
  TrainingConfig config;
  int compared = 0;
  for (const auto& [updates, tau] : golden["tau"].items()) {
    // The release multiplies again and again, up to 24449 times; here it is one power.
    EXPECT_NEAR(Temperature(config, std::stoll(updates) + 1), tau.get<double>(), 1e-11) << updates;
    ++compared;
  }
  EXPECT_EQ(compared, 15);
}

TEST(SchedulesTest, TemperatureFallsGeometricallyOverAShare) {
  TrainingConfig config;
  config.steps = 1000;
  config.tau.share = 0.5;
  EXPECT_EQ(Temperature(config, 1), 5.0);
  EXPECT_NEAR(Temperature(config, 251), std::sqrt(5.0 * 0.1), 1e-12);
  EXPECT_GT(Temperature(config, 500), 0.1);
  EXPECT_EQ(Temperature(config, 501), 0.1);
  EXPECT_EQ(Temperature(config, 1000), 0.1);
}

}  // namespace
}  // namespace vffn
