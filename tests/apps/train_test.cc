// vffn train as a process: killed, asked to stop, and two of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>

#include "base/random.h"
#include "tests/apps/run_program.h"
#include "tests/train/launched_processes.h"
#include "tests/train/run/tiny_run.h"
#include "train/log/metrics_log.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

class TrainProgramTest : public testing::Test {
 protected:
  void WriteConfig(const Json& config) { WriteFile(folder_ / "config.json", config.dump()); }

  std::vector<std::string> Command(const std::string& run) const {
    return {VFFN_PROGRAM, "train", (folder_ / "config.json").string(), "--output", (folder_ / run).string(),
            "--resume"};
  }

  FinishedProcess Train(const std::string& run) {
    return FinishProcess(StartProcess(Command(run), {}, Output()), Output());
  }
  std::string Output() const { return (folder_ / "output").string(); }

  /// Waits until a process that has just started has logged so many steps.
  void WaitForSteps(const std::string& run, uint64_t steps) const {
    const fs::path file = folder_ / run / "metrics.jsonl";
    const auto lines = [&] {
      const std::string text = fs::exists(file) ? ReadFile(file) : "";
      return static_cast<uint64_t>(std::ranges::count(text, '\n'));
    };
    const uint64_t before = lines();  // it goes back to the last checkpoint, by a step at most
    const auto deadline = Clock::now() + std::chrono::minutes(1);
    while (lines() < before + steps) {
      ASSERT_LT(Clock::now(), deadline);
      usleep(500);
    }
  }

  std::string FinalWeights(const std::string& run) const {
    return ReadFile(folder_ / run / "final/model.safetensors");
  }

  TemporaryFolder folder_;
};

TEST_F(TrainProgramTest, PrintsWhatItTrainsAndWhereTheModelIs) {
  Json config = TinyConfigJson(folder_.path(), "versatile");
  config["evaluation"] = {{"every", 12}};
  WriteConfig(config);
  const FinishedProcess run = Train("run");
  EXPECT_EQ(run.exit_code, 0) << run.output;
  EXPECT_THAT(run.output,
              AllOf(HasSubstr("model: versatile, 0.01 M parameters, from random weights"),
                    HasSubstr("data: 125 sequences of 16 tokens"), HasSubstr("run: 12 steps of 128 tokens"),
                    HasSubstr("1 threads, float32"), HasSubstr("trained 12 steps, 1536 tokens"),
                    HasSubstr("held-out loss "), HasSubstr("run/final")));
  const ProgramRun again = RunProgram("train config.json --output run", folder_.path());
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.output, HasSubstr("holds a run already"));
  EXPECT_EQ(RunProgram("train config.json --output run --resume", folder_.path()).exit_code, 0);
  EXPECT_EQ(RunProgram("convert --model run/final --output olmo --format olmo", folder_.path()).exit_code, 0);
  EXPECT_TRUE(fs::exists(folder_ / "olmo/model.pt"));
}

// A checkpoint after every second step: a kill falls into the writing of one now and then. Seven processes
// are killed after some steps of theirs, three at any time after their start.
TEST_F(TrainProgramTest, KilledAtAnyMomentItEndsWithTheSameBits) {
  Json config = TinyConfigJson(folder_.path(), "versatile");
  config["steps"] = 150;
  config["checkpoints"] = {{"every", 2}, {"keep", 2}};
  config["evaluation"] = {{"every", 50}};
  WriteConfig(config);
  ASSERT_EQ(Train("whole").exit_code, 0);

  Random random(7, "moments of death");
  for (int round = 0; round < 10; ++round) {
    const pid_t process = StartProcess(Command("run"), {}, Output());
    if (round % 3 != 2) {
      WaitForSteps("run", 2 + random.Below(5));
    }
    usleep(static_cast<useconds_t>(random.Below(round % 3 != 2 ? 30'000 : 300'000)));
    kill(process, SIGKILL);
    const FinishedProcess end = FinishProcess(process, Output());
    ASSERT_EQ(end.exit_code, -SIGKILL) << end.output;
  }
  EXPECT_FALSE(fs::exists(folder_ / "run/final"));
  EXPECT_GT(ReadMetrics(folder_ / "run").size(), 10u);
  ASSERT_EQ(Train("run").exit_code, 0);
  EXPECT_EQ(FinalWeights("run"), FinalWeights("whole"));
  EXPECT_EQ(ReadEvaluations(folder_ / "run"), ReadEvaluations(folder_ / "whole"));
  const auto metrics = ReadMetrics(folder_ / "run"), expected = ReadMetrics(folder_ / "whole");
  ASSERT_EQ(metrics.size(), expected.size());
  for (size_t i = 0; i < metrics.size(); ++i) {
    EXPECT_EQ(metrics[i].loss, expected[i].loss) << i;
    EXPECT_EQ(metrics[i].layers, expected[i].layers) << i;
  }
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "run")) {
    EXPECT_FALSE(entry.path().filename().string().starts_with('.')) << entry.path();
  }
}

TEST_F(TrainProgramTest, StopsAfterAStepWhenAskedTo) {
  Json config = TinyConfigJson(folder_.path(), "dense");
  config["steps"] = 1'000'000;
  WriteConfig(config);
  const pid_t process = StartProcess(Command("run"), {}, Output());
  while (!fs::exists(folder_ / "run/metrics.jsonl") || fs::file_size(folder_ / "run/metrics.jsonl") == 0) {
    ASSERT_EQ(kill(process, 0), 0);
    usleep(1000);
  }
  kill(process, SIGTERM);
  const FinishedProcess end = FinishProcess(process, Output());
  EXPECT_EQ(end.exit_code, 130);
  EXPECT_THAT(end.output, AllOf(HasSubstr("stopped after step"), HasSubstr("--resume"), HasSubstr("step-0")));
  const std::vector<StepMetrics> metrics = ReadMetrics(folder_ / "run");
  char name[40];
  snprintf(name, sizeof name, "step-%06d", static_cast<int>(metrics.back().step));
  EXPECT_TRUE(fs::exists(folder_ / "run/checkpoints" / name / "training.json")) << end.output;
}

// Sums of gradients and losses in another order: equal to rounding, not to the last bit.
TEST_F(TrainProgramTest, TwoProcessesGiveTheLossesOfOne) {
  for (const std::string ffn : {"dense", "moe", "versatile"}) {
    Json config = TinyConfigJson(folder_.path(), ffn);
    config["micro_batch"] = 2;
    config["evaluation"] = {{"every", 12}};
    WriteConfig(config);
    ASSERT_EQ(Train(ffn + "1").exit_code, 0);
    Environment environment = {
        {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "127.0.0.1"}, {"MASTER_PORT", std::to_string(FreePort())}};
    std::vector<pid_t> processes;
    for (const std::string rank : {"0", "1"}) {
      environment["RANK"] = rank;
      processes.push_back(StartProcess(Command(ffn + "2"), environment, Output() + rank));
    }
    const FinishedProcess first = FinishProcess(processes[0], Output() + "0");
    const FinishedProcess second = FinishProcess(processes[1], Output() + "1");
    ASSERT_EQ(first.exit_code, 0) << first.output;
    ASSERT_EQ(second.exit_code, 0) << second.output;
    EXPECT_EQ(second.output, "");  // rank 0 alone prints
    const auto one = ReadMetrics(folder_ / (ffn + "1")), two = ReadMetrics(folder_ / (ffn + "2"));
    ASSERT_EQ(two.size(), one.size());
    for (size_t i = 0; i < one.size(); ++i) {
      EXPECT_NEAR(two[i].loss, one[i].loss, 1e-5 * one[i].loss) << ffn << i;
      EXPECT_NEAR(two[i].gradient_norm, one[i].gradient_norm, 1e-4 * one[i].gradient_norm) << ffn << i;
      EXPECT_EQ(two[i].tokens, one[i].tokens);
    }
    EXPECT_NEAR(*ReadEvaluations(folder_ / (ffn + "2")).back().held_out_loss,
                *ReadEvaluations(folder_ / (ffn + "1")).back().held_out_loss, 1e-4);
  }
}

}  // namespace
}  // namespace vffn
