#include "train/log/metrics_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/json.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

StepMetrics MetricsOf(int64_t step) {
  StepMetrics metrics{.step = step,
                      .tokens = 2048 * step,
                      .loss = 5.0 / 3,
                      .balance_loss = 1.25,
                      .learning_rate = 5e-4 / 3,
                      .tau = 4.9992,
                      .gradient_norm = 0.1 + 0.2,
                      .seconds = 1e-3,
                      .tokens_per_second = 1e7,
                      .flops = 1.5e15,
                      .utilisation = 0.4,
                      .peak_bytes = int64_t{1} << 40};
  metrics.layers.push_back({{0.25, 0.75}, 1.75, 0.125, {0.5, 0.5}});
  metrics.layers.emplace_back();
  return metrics;
}

EvaluationPoint PointOf(int64_t step) {
  return {.step = step,
          .tokens = 2048 * step,
          .held_out_loss = 4.5,
          .bits_per_byte = 1.4,
          .sampled_held_out_loss = 4.6,
          .tasks = {{"piqa", "acc", 0.5, 10}, {"piqa", "bpb", 2.25, 10}}};
}

class MetricsLogTest : public testing::Test {
 protected:
  void WriteSteps(int64_t first, int64_t last, int64_t resumed_from) const {
    MetricsLog log(folder_.path(), resumed_from);
    for (int64_t step = first; step <= last; ++step) {
      log.Append(MetricsOf(step));
    }
    log.Append(PointOf(last));
  }
  std::vector<int64_t> Steps() const {
    std::vector<int64_t> steps;
    for (const StepMetrics& metrics : ReadMetrics(folder_.path())) {
      steps.push_back(metrics.step);
    }
    return steps;
  }
  void Tear(const char* name, std::string_view end) const {
    WriteFile(folder_ / name, ReadFile(folder_ / name) + std::string(end));
  }

  TemporaryFolder folder_;
};

TEST_F(MetricsLogTest, EverythingSurvivesTheRoundTrip) {
  StepMetrics dense;
  dense.step = 2;
  {
    MetricsLog log(folder_.path(), 0);
    log.Append(PointOf(0));
    log.Append(MetricsOf(1));
    log.Append(dense);
    log.Append(PointOf(2));
    log.Sync();
    EXPECT_EQ(ReadMetrics(folder_.path()), (std::vector{MetricsOf(1), dense}));  // while it is written
  }
  EXPECT_EQ(ReadMetrics(folder_.path()), (std::vector{MetricsOf(1), dense}));
  EXPECT_EQ(ReadEvaluations(folder_.path()), (std::vector{PointOf(0), PointOf(2)}));
  EXPECT_THAT(ReadFile(folder_ / "metrics.jsonl"), HasSubstr("{\"step\":1,\"tokens\":2048,\"loss\":1.66"));
}

TEST_F(MetricsLogTest, ResumingDropsLaterAndTornLines) {
  WriteSteps(1, 5, 0);
  const std::string whole = ReadFile(folder_ / "metrics.jsonl");
  Tear("metrics.jsonl", "{\"step\":6,\"tok");
  Tear("evaluations.jsonl", "{");
  EXPECT_THAT(Steps(), testing::ElementsAre(1, 2, 3, 4, 5));
  WriteSteps(4, 7, 3);
  EXPECT_THAT(Steps(), testing::ElementsAre(1, 2, 3, 4, 5, 6, 7));
  EXPECT_EQ(ReadEvaluations(folder_.path()), std::vector{PointOf(7)});
  EXPECT_EQ(ReadFile(folder_ / "metrics.jsonl").substr(0, whole.size()), whole);
  Tear("metrics.jsonl", "{\"step\":8");
  WriteSteps(8, 8, 7);
  EXPECT_THAT(Steps(), testing::ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_EQ(ReadEvaluations(folder_.path()).size(), 2u);
  WriteSteps(1, 1, 0);
  EXPECT_THAT(Steps(), testing::ElementsAre(1));
}

TEST_F(MetricsLogTest, DamagedLinesAreErrorsWithTheirNumber) {
  EXPECT_THAT(ErrorOf([&] { ReadMetrics(folder_.path()); }), HasSubstr("metrics.jsonl"));
  WriteSteps(1, 2, 0);
  const std::string good = ReadFile(folder_ / "metrics.jsonl");
  const auto error_with = [&](std::string_view line) {
    WriteFile(folder_ / "metrics.jsonl", good + std::string(line) + "\n");
    return ErrorOf([&] { ReadMetrics(folder_.path()); });
  };
  EXPECT_THAT(error_with("{\"step\":3"), HasSubstr("metrics.jsonl:3"));
  EXPECT_THAT(error_with("{\"step\":3}"), HasSubstr("metrics.jsonl:3: tokens is missing"));
  EXPECT_THAT(error_with(good.substr(0, good.find('\n'))),
              HasSubstr("metrics.jsonl:3: step 1 follows step 2"));
  Json row = Json::parse(ToJson(MetricsOf(3)).dump());
  row["layers"][0]["lambda"] = 1;
  EXPECT_THAT(error_with(row.dump()), HasSubstr("metrics.jsonl:3: layers[0].lambda: unknown field"));
  row["layers"] = 1;
  EXPECT_THAT(error_with(row.dump()), HasSubstr("metrics.jsonl:3: layers is 1, should be a list"));
  EXPECT_THAT(ErrorOf([&] { MetricsLog(folder_.path(), 5); }), HasSubstr("metrics.jsonl:3"));
}

TEST_F(MetricsLogTest, OnlyFiniteNumbersAndLaterStepsAreWritten) {
  MetricsLog log(folder_.path(), 0);
  StepMetrics metrics = MetricsOf(1);
  metrics.loss = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(ErrorOf([&] { log.Append(metrics); }), HasSubstr("loss is nan"));
  metrics = MetricsOf(1);
  metrics.layers[0].expert_load[1] = HUGE_VAL;
  EXPECT_THAT(ErrorOf([&] { log.Append(metrics); }), HasSubstr("expert_load has inf"));
  log.Append(MetricsOf(2));
  EXPECT_THAT(ErrorOf([&] { log.Append(MetricsOf(2)); }), HasSubstr("step 2 cannot follow step 2"));
  EXPECT_THAT(Steps(), testing::ElementsAre(2));
  EXPECT_THAT(ErrorOf([&] { MetricsLog(folder_.path(), 0); }), HasSubstr("another run is writing"));
}

}  // namespace
}  // namespace vffn
