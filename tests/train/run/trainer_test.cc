#include "train/run/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <csignal>

#include "base/json.h"
#include "model/weights/checkpoint.h"
#include "runs/provenance.h"
#include "tests/model/test_device.h"
#include "tests/train/run/tiny_run.h"
#include "train/config/schedules.h"
#include "train/log/metrics_log.h"
#include "train/run/checkpoint_folder.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

class TrainerTest : public testing::Test {
 protected:
  /// The weights and moments of the last checkpoint.
  std::string StateOf(const std::string& run) const {
    const fs::path folder = CheckpointPath(folder_ / run, CheckpointSteps(folder_ / run).back());
    return ReadFile(folder / "model.safetensors") + ReadFile(folder / "optimizer.safetensors");
  }
  std::string ResumeError(const TrainingConfig& config, const std::string& run) {
    return ErrorOf([&] { TrainTiny(config, folder_ / run, /*resume=*/true); });
  }

  TemporaryFolder folder_;
  TrainingConfig config_ = TinyTrainingConfig(folder_.path());
};

// The other tests stay on the CPU: most of them ask for the same bits twice, which a GPU's sums do not give.
TEST_F(TrainerTest, WritesAModelThatLearned) {
  config_.steps = 40;
  config_.device = TestDevice();
  const TrainOutcome outcome = TrainTiny(config_, folder_ / "run");
  const std::vector<StepMetrics> metrics = ReadMetrics(folder_ / "run");
  ASSERT_EQ(metrics.size(), 40u);
  EXPECT_NEAR(metrics[0].loss, std::log(96.0) * 15 / 16, 0.1);  // 15 predictions, divided by 16 tokens
  EXPECT_LT(metrics[39].loss, metrics[0].loss - 1);
  EXPECT_EQ(metrics[39].tokens, 40 * 8 * 16);
  EXPECT_EQ(metrics[39].learning_rate, LearningRate(config_, 40));
  EXPECT_EQ(metrics[9].tau, Temperature(config_, 10));
  ASSERT_EQ(metrics[0].layers.size(), 2u);
  EXPECT_EQ(metrics[0].layers[0].loop_shares.size(), 3u);
  EXPECT_NEAR(*metrics[0].layers[0].mean_lambda, (3 - *metrics[0].layers[0].mean_loops) / 3, 1e-6);
  EXPECT_EQ(metrics[0].layers[1].expert_load.size(), 4u);
  EXPECT_GT(metrics[0].flops, 0);
  EXPECT_EQ(outcome.loss, metrics[39].loss);

  const auto model = OpenCheckpoint(outcome.model);
  EXPECT_EQ(model->config(), *config_.start.model);
  EXPECT_FALSE(IsUntrained(outcome.model));
  const Json provenance = ReadJsonFile(outcome.model / kProvenanceFile);
  EXPECT_EQ(provenance["trained"]["tokens"], 40 * 8 * 16);
  EXPECT_EQ(ReadFile(outcome.model / "model.safetensors"),
            ReadFile(CheckpointPath(folder_ / "run", 40) / "model.safetensors"));
}

TEST_F(TrainerTest, StoppedAfterEveryStepItEndsWithTheSameBits) {
  for (const std::string ffn : {"versatile", "moe", "dense"}) {
    const TrainingConfig config = TinyTrainingConfig(folder_.path(), ffn);
    TrainTiny(config, folder_ / ffn);
    const fs::path stopped = folder_ / (ffn + "-stopped");
    for (int64_t step = 1; step <= config.steps; ++step) {
      TrainOneStep(config, stopped);
      ASSERT_EQ(CheckpointSteps(stopped).back(), step);
    }
    TrainTiny(config, stopped, /*resume=*/true);  // writes the final model
    EXPECT_EQ(StateOf(ffn + "-stopped"), StateOf(ffn)) << ffn;
    EXPECT_EQ(ReadMetrics(stopped).size(), 12u);
    EXPECT_TRUE(fs::exists(stopped / "final/model.safetensors"));
  }
}

TEST_F(TrainerTest, ANewRunFromAModelIsNotAResumedOne) {
  TrainTiny(config_, folder_ / "whole");
  config_.checkpoints.keep_steps = {6};
  TrainTiny(config_, folder_ / "kept");
  EXPECT_EQ(StateOf("kept"), StateOf("whole"));
  config_.start.model.reset();
  config_.start.from = CheckpointPath(folder_ / "kept", 6).string();
  config_.steps = 6;
  TrainTiny(config_, folder_ / "cold");
  EXPECT_NE(StateOf("cold"), StateOf("whole"));
  EXPECT_EQ(ReadJsonFile(folder_ / "cold/final/provenance.json")["trained"]["from"], config_.start.from);
}

TEST_F(TrainerTest, KeepsTheLastCheckpointsAndTheChosenOnes) {
  config_.checkpoints = {.every = 2, .keep = 2, .keep_steps = {3, 5}};
  TrainTiny(config_, folder_ / "run");
  EXPECT_THAT(CheckpointSteps(folder_ / "run"), ElementsAre(3, 5, 10, 12));
}

TEST_F(TrainerTest, MicroBatchesDoNotChangeTheStep) {
  for (const std::string ffn : {"dense", "versatile"}) {
    TrainingConfig config = TinyTrainingConfig(folder_.path(), ffn);
    config.loss.balance_coefficient = 0;  // is of a micro-batch: a product of two means over its tokens
    config.micro_batch = 8;
    TrainTiny(config, folder_ / (ffn + "8"));
    config.micro_batch = 3;
    TrainTiny(config, folder_ / (ffn + "3"));
    const auto a = ReadMetrics(folder_ / (ffn + "8")), b = ReadMetrics(folder_ / (ffn + "3"));
    for (size_t i = 0; i < a.size(); ++i) {
      EXPECT_NEAR(b[i].loss, a[i].loss, 1e-5 * a[i].loss) << ffn << i;
      EXPECT_NEAR(b[i].gradient_norm, a[i].gradient_norm, 1e-4 * a[i].gradient_norm) << ffn << i;
    }
  }
}

TEST_F(TrainerTest, RepetitiveSequencesAreLeftOutOfTheLoss) {
  WriteFile(folder_ / "train.npy", std::string(4000, '\1'));  // one token, again and again
  config_.data.repetition_filter = RepetitionFilter{.min_period = 1, .max_period = 4, .max_count = 4};
  config_.steps = 1;
  EXPECT_THAT(ErrorOf([&] { TrainTiny(config_, folder_ / "run"); }), HasSubstr("vocab"));  // token 257
  WriteTinyTokens(folder_ / "train.npy", 2000, 1);
  TrainTiny(config_, folder_ / "other");
  EXPECT_GT(ReadMetrics(folder_ / "other")[0].loss, 4);
  WriteFile(folder_ / "train.npy", std::string(4000, '\0'));
  TrainTiny(config_, folder_ / "repetitive");
  EXPECT_EQ(ReadMetrics(folder_ / "repetitive")[0].loss, 0);
}

TEST_F(TrainerTest, EachStepTakesTheNextSequences) {
  WriteTinyTokens(folder_ / "tokens", 8 * 16, 1);
  const std::string zeros(2 * 8 * 16, '\0');  // a batch of sequences that are left out of the loss
  WriteFile(folder_ / "train.npy", zeros + ReadFile(folder_ / "tokens") + zeros);
  config_.data.repetition_filter = RepetitionFilter{.min_period = 1, .max_period = 4, .max_count = 4};
  config_.data.shuffle = false;
  config_.steps = 5;
  for (int64_t step = 1; step <= 5; ++step) {
    TrainOneStep(config_, folder_ / "run");
  }
  const auto metrics = ReadMetrics(folder_ / "run");
  ASSERT_EQ(metrics.size(), 5u);
  for (size_t i = 0; i < metrics.size(); ++i) {
    EXPECT_EQ(metrics[i].loss > 0, i == 1 || i == 4) << i;  // three batches, then the second epoch
  }
}

// A run that was killed before its first step leaves a configuration and empty logs.
TEST_F(TrainerTest, BeginsWhereARunEndedBeforeItsFirstStep) {
  std::filesystem::create_directories(folder_ / "run");
  WriteFile(folder_ / "run/config.json", "{}");
  EXPECT_THAT(ErrorOf([&] { TrainTiny(config_, folder_ / "run"); }), HasSubstr("holds a run already"))
      << "a configuration of something else";
  WriteFile(folder_ / "run/metrics.jsonl", "");
  WriteFile(folder_ / "run/evaluations.jsonl", "");
  EXPECT_EQ(ErrorOf([&] { TrainOneStep(config_, folder_ / "run"); }), "");
}

TEST_F(TrainerTest, RefusesToResumeAnotherRunAndNamesWhatDiffers) {
  TrainOneStep(config_, folder_ / "run");
  EXPECT_THAT(ErrorOf([&] { TrainTiny(config_, folder_ / "run"); }),
              AllOf(HasSubstr("holds a run already"), HasSubstr("--resume")));
  TrainingConfig other = config_;
  other.steps = 24;
  EXPECT_THAT(ResumeError(other, "run"), HasSubstr("steps was 12 and is now 24"));
  other = config_;
  other.optimizer.learning_rate = 0.02;
  EXPECT_THAT(ResumeError(other, "run"), HasSubstr("optimizer.learning_rate was 0.01 and is now 0.02"));
  other = config_;
  other.start.model->ffn.top_k = 1;
  EXPECT_THAT(ResumeError(other, "run"), HasSubstr("model.top_k was 2 and is now 1"));
  other = config_;
  other.threads = 2;
  EXPECT_THAT(ResumeError(other, "run"),
              AllOf(HasSubstr("machine.threads was 1 and is now 2"), HasSubstr("--allow_different_machine")));
  other = config_;
  other.micro_batch = 2;
  EXPECT_THAT(ResumeError(other, "run"), HasSubstr("machine.micro_batch was 4 and is now 2"));
  WriteTinyTokens(folder_ / "train.npy", 2000, 9);
  EXPECT_THAT(ResumeError(config_, "run"), HasSubstr("trained on other data"));
  WriteTinyTokens(folder_ / "train.npy", 1999, 1);
  EXPECT_THAT(ResumeError(config_, "run"), HasSubstr("trained on other data"));
  WriteTinyTokens(folder_ / "train.npy", 2000, 1);
  other = config_;
  other.log_every = 5;
  other.checkpoints.keep = 7;
  TrainTiny(other, folder_ / "run", /*resume=*/true);
}

TEST_F(TrainerTest, AnotherMachineIsAllowedOnRequest) {
  TrainOneStep(config_, folder_ / "run");
  config_.micro_batch = 8;
  Train({.config = config_, .output = folder_ / "run", .resume = true, .allow_different_machine = true});
  EXPECT_EQ(ReadMetrics(folder_ / "run").size(), 12u);
}

TEST_F(TrainerTest, RefusesADamagedCheckpointOrOneOfAnotherShape) {
  TrainOneStep(config_, folder_ / "run");
  TrainOneStep(config_, folder_ / "run");
  const fs::path last = CheckpointPath(folder_ / "run", 2);
  const std::string moments = ReadFile(last / "optimizer.safetensors");
  WriteFile(last / "optimizer.safetensors", moments.substr(0, moments.size() - 4));
  EXPECT_THAT(ResumeError(config_, "run"), HasSubstr("optimizer.safetensors"));
  fs::remove(last / "optimizer.safetensors");
  EXPECT_THAT(ResumeError(config_, "run"),
              AllOf(HasSubstr("has no optimizer.safetensors"), HasSubstr("The checkpoint before it is"),
                    HasSubstr("step-000001")));

  TrainingConfig other = config_;
  other.start.model->ffn_hidden_size = 48;
  TrainOneStep(other, folder_ / "other");
  const fs::path foreign = CheckpointPath(folder_ / "other", 1);
  fs::copy_file(foreign / "optimizer.safetensors", last / "optimizer.safetensors");
  EXPECT_THAT(ResumeError(config_, "run"),
              AllOf(HasSubstr("optimizer.safetensors"), HasSubstr("should be F32[64, 16]")));
  fs::copy_file(foreign / "model.safetensors", last / "model.safetensors",
                fs::copy_options::overwrite_existing);
  EXPECT_THAT(ResumeError(config_, "run"), HasSubstr("model.safetensors"));
  fs::copy_file(foreign / "model.json", last / "model.json", fs::copy_options::overwrite_existing);
  EXPECT_THAT(ResumeError(config_, "run"), HasSubstr("is another model than that of the configuration"));
  fs::remove_all(last);
  TrainTiny(config_, folder_ / "run", /*resume=*/true);
}

TEST_F(TrainerTest, DivergenceEndsTheRunAndLeavesTheLastGoodCheckpoint) {
  config_.checkpoints.every = 1;
  config_.schedule.warmup_steps = 0;
  config_.optimizer.learning_rate = 1e30;
  EXPECT_THAT(ErrorOf([&] { TrainTiny(config_, folder_ / "run"); }),
              AllOf(HasSubstr("step 2: the loss is"), HasSubstr("diverged"),
                    HasSubstr("The last good checkpoint is"), HasSubstr("step-000001")));
  EXPECT_THAT(CheckpointSteps(folder_ / "run"), ElementsAre(1));
  ReadTrainingState(CheckpointPath(folder_ / "run", 1));
  EXPECT_FALSE(fs::exists(folder_ / "run/final"));
}

TEST_F(TrainerTest, AFullDiskEndsTheRunAndLeavesTheLastGoodCheckpoint) {
  TrainTiny(config_, folder_ / "whole");
  TrainOneStep(config_, folder_ / "run");
  const std::string before = StateOf("run");
  struct rlimit old;
  getrlimit(RLIMIT_FSIZE, &old);
  const auto old_handler = signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small = {
      fs::file_size(CheckpointPath(folder_ / "run", 1) / "optimizer.safetensors") / 2, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string message = ResumeError(config_, "run");
  setrlimit(RLIMIT_FSIZE, &old);
  signal(SIGXFSZ, old_handler);
  EXPECT_THAT(message, AllOf(HasSubstr("cannot be written: File too large"),
                             HasSubstr("The last good checkpoint is"), HasSubstr("step-000001")));
  EXPECT_THAT(CheckpointSteps(folder_ / "run"), ElementsAre(1));
  EXPECT_EQ(StateOf("run"), before);
  TrainTiny(config_, folder_ / "run", /*resume=*/true);
  EXPECT_EQ(StateOf("run"), StateOf("whole"));
}

TEST_F(TrainerTest, RemovesWhatAKilledProcessLeft) {
  TrainOneStep(config_, folder_ / "run");
  fs::create_directories(folder_ / "run/checkpoints/.step-000002.123.tmp");
  WriteFile(folder_ / "run/checkpoints/.step-000002.123.tmp/model.safetensors", "half");
  WriteFile(folder_ / "run/.config.json.123.tmp", "half");
  TrainOneStep(config_, folder_ / "run");
  EXPECT_FALSE(fs::exists(folder_ / "run/checkpoints/.step-000002.123.tmp"));
  EXPECT_FALSE(fs::exists(folder_ / "run/.config.json.123.tmp"));
  EXPECT_THAT(CheckpointSteps(folder_ / "run"), ElementsAre(1, 2));
}

TEST_F(TrainerTest, ErrorsBeforeTheFirstStepNameTheirCause) {
  TrainingConfig other = config_;
  other.data.sequence_length = 64;
  EXPECT_THAT(ErrorOf([&] { TrainTiny(other, folder_ / "a"); }), HasSubstr("sequence_length is 64"));
  other = config_;
  other.data.train = {(folder_ / "none.npy").string()};
  EXPECT_THAT(ErrorOf([&] { TrainTiny(other, folder_ / "b"); }), HasSubstr("none.npy"));
  other = config_;
  other.start.tokenizer = (folder_ / "none.json").string();
  EXPECT_THAT(ErrorOf([&] { TrainTiny(other, folder_ / "c"); }), HasSubstr("no such tokenizer file"));
  other = config_;
  other.steps = 1'000'000'000;
  other.checkpoints = {.every = 1, .keep = 1'000'000'000};
  EXPECT_THAT(ErrorOf([&] { TrainTiny(other, folder_ / "space"); }),
              AllOf(HasSubstr("the checkpoints need"), HasSubstr("checkpoints.keep")));
  WriteFile(folder_ / "train.npy", "odd");
  EXPECT_THAT(ErrorOf([&] { TrainTiny(config_, folder_ / "d"); }), HasSubstr("train.npy"));
}

}  // namespace
}  // namespace vffn
