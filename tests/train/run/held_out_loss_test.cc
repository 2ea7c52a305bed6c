#include "train/run/held_out_loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "eval/transformer_scorer.h"
#include "model/logits.h"
#include "tests/train/run/tiny_run.h"
#include "train/log/metrics_log.h"
#include "train/run/training_evaluation.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

/// Token 1 ends documents; the text of the others is made up.
class ByteTokenizer : public Tokenizer {
 public:
  std::vector<TokenId> Encode(std::string_view text) const override {
    std::vector<TokenId> ids;
    for (const char c : text) {
      ids.push_back(2 + static_cast<unsigned char>(c) % (kTinyVocabulary - 2));
    }
    return ids;
  }
  std::string TokenBytes(TokenId id) const override { return id == 1 ? "<end>" : id % 2 == 0 ? "ab" : "c"; }
  int64_t vocab_size() const override { return kTinyVocabulary; }
  std::optional<TokenId> bos() const override { return std::nullopt; }
  std::optional<TokenId> eos() const override { return 1; }
  const TokenizerInfo& info() const override { return info_; }

 private:
  TokenizerInfo info_;
};

/// Mean of -log softmax(logits) of the next token, over the sequences.
double LossFromLogits(const Checkpoint& model, const std::vector<std::vector<int32_t>>& sequences) {
  const LogitsTable table = ComputeLogits(model, sequences, 0, {});
  double sum = 0;
  int64_t count = 0;
  for (int64_t b = 0; b < table.batch; ++b) {
    for (int64_t t = 0; t + 1 < table.length; ++t) {
      const float* logits = table.logits.data() + (b * table.length + t) * table.vocabulary;
      double total = 0;
      for (int64_t v = 0; v < table.vocabulary; ++v) {
        total += std::exp(static_cast<double>(logits[v]));
      }
      sum += std::log(total) - logits[table.input_ids[b * table.length + t + 1]];
      ++count;
    }
  }
  return sum / static_cast<double>(count);
}

class HeldOutLossTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  TrainingConfig config_ = TinyTrainingConfig(folder_.path());
  ModelTokenizer tokenizer_{std::make_unique<ByteTokenizer>(), {.eos = SpecialToken{1, "<end>", ""}}};
};

TEST_F(HeldOutLossTest, CountsPredictedTokensAndBytesOfTheirText) {
  const std::vector<uint16_t> tokens = {2, 3, 1, 4, 5, 2, 1, 1};  // two sequences of 4
  WriteFile(folder_ / "few.npy", {reinterpret_cast<const char*>(tokens.data()), 16});
  const TokenSequences data({(folder_ / "few.npy").string()}, "uint16", 4);
  const HeldOutSequences all = LoadHeldOut(data, 0, kTinyVocabulary, &tokenizer_);
  EXPECT_EQ(all.tokens, 6);
  EXPECT_EQ(all.bytes, (1 + 2) + 2);  // the first token of a sequence is not predicted, token 1 has no text
  EXPECT_EQ(all.docs[1].requests[0].context, std::vector<TokenId>{5});
  EXPECT_EQ(all.docs[1].requests[0].continuation, (std::vector<TokenId>{2, 1, 1}));
  EXPECT_EQ(LoadHeldOut(data, 1, kTinyVocabulary, nullptr).docs.size(), 1u);
  EXPECT_FALSE(LoadHeldOut(data, 1, kTinyVocabulary, nullptr).bytes.has_value());
}

TEST_F(HeldOutLossTest, IsTheLossOfTheLogits) {
  config_.evaluation.every = 4;
  const TrainOutcome outcome = TrainTiny(config_, folder_ / "run");
  const std::vector<EvaluationPoint> points = ReadEvaluations(folder_ / "run");
  ASSERT_EQ(points.size(), 4u);  // steps 0, 4, 8, 12
  EXPECT_EQ(points[0].step, 0);
  EXPECT_NEAR(*points[0].held_out_loss, std::log(96.0), 0.1);
  EXPECT_LT(*points[3].held_out_loss, *points[0].held_out_loss - 0.1);
  EXPECT_EQ(outcome.held_out_loss, points[3].held_out_loss);
  EXPECT_NE(points[3].sampled_held_out_loss, points[3].held_out_loss);
  EXPECT_NEAR(*points[3].sampled_held_out_loss, *points[3].held_out_loss, 0.2);

  const TokenSequences data(config_.data.held_out, "", 16);
  std::vector<std::vector<int32_t>> sequences;
  std::vector<int64_t> tokens(16);
  for (int64_t i = 0; i < data.size(); ++i) {
    data.Read(i, kTinyVocabulary, tokens);
    sequences.emplace_back(tokens.begin(), tokens.end());
  }
  EXPECT_NEAR(*points[3].held_out_loss, LossFromLogits(*OpenCheckpoint(outcome.model), sequences), 1e-5);
}

TEST_F(HeldOutLossTest, AnEvaluationDoesNotChangeTheRun) {
  TrainTiny(config_, folder_ / "without");
  config_.evaluation.every = 1;
  TrainTiny(config_, folder_ / "with");
  EXPECT_EQ(ReadFile(folder_ / "with/final/model.safetensors"),
            ReadFile(folder_ / "without/final/model.safetensors"));
}

TEST_F(HeldOutLossTest, AnInterruptedEvaluationIsMadeWhenTheRunGoesOn) {
  TrainingConfig evaluated = config_;
  evaluated.evaluation.every = 6;
  TrainTiny(evaluated, folder_ / "whole");
  std::vector<EvaluationPoint> expected = ReadEvaluations(folder_ / "whole");
  TrainOneStep(evaluated, folder_ / "run");  // interrupted before the first step: the start is not evaluated
  EXPECT_TRUE(ReadEvaluations(folder_ / "run").empty());
  EXPECT_TRUE(ReadMetrics(folder_ / "run").empty());
  TrainTiny(evaluated, folder_ / "run", /*resume=*/true);
  EXPECT_EQ(ReadEvaluations(folder_ / "run"), expected);

  for (int step = 1; step <= 6; ++step) {
    TrainOneStep(config_, folder_ / "late");
  }
  TrainTiny(evaluated, folder_ / "late", /*resume=*/true);
  expected.erase(expected.begin());
  EXPECT_EQ(ReadEvaluations(folder_ / "late"), expected);
}

TEST_F(HeldOutLossTest, TrainingLogHasLossAndAccuracyOfEachEvaluation) {
  config_.evaluation.every = 6;
  config_.data.held_out.clear();
  config_.evaluation.tasks = "piqa,sciq";
  config_.evaluation.data = std::string(VFFN_TESTS_DIR) + "/testdata/tasks";
  config_.start.model->max_sequence_length = 4096;
  const TrainingEvaluation evaluation(config_, *config_.start.model, at::kCPU, &tokenizer_);
  const auto start = OpenCheckpoint(TrainTiny(TinyTrainingConfig(folder_.path()), folder_ / "start").model);
  ModelConfig model = *config_.start.model;
  const ParameterStore parameters(*start, at::kCPU, at::kFloat);
  EvaluationPoint point = evaluation.Run(model, parameters, {});
  EXPECT_FALSE(point.held_out_loss.has_value());
  ASSERT_EQ(point.tasks.size(), 4u);
  EXPECT_EQ(point.tasks[0].task, "piqa");
  EXPECT_EQ(point.tasks[0].metric, "len_norm");
  EXPECT_EQ(point.tasks[1].metric, "bits_per_byte");
  EXPECT_GT(point.tasks[1].score, 1);

  fs::create_directory(folder_ / "my run");
  {
    MetricsLog log(folder_ / "my run", 0);
    point.tasks = {{.task = "piqa", .metric = "len_norm", .score = 0.5, .docs = 4},
                   {.task = "piqa", .metric = "bits_per_byte", .score = 3, .docs = 4},
                   {.task = "sciq", .metric = "acc", .score = 0.25, .docs = 4}};
    point.step = 0;
    log.Append(point);
    log.Append(StepMetrics{.step = 2, .tokens = 20, .loss = 4});  // the mean of steps 1 and 2
    log.Append(StepMetrics{.step = 3, .tokens = 30, .loss = 1});
    point.step = 3;
    point.tokens = 30;
    log.Append(point);
    log.Append(StepMetrics{.step = 4, .tokens = 40, .loss = 0.5});
    point.step = 4;
    point.tokens = 40;
    point.tasks.clear();
    log.Append(point);
  }
  WriteTrainingLog(folder_ / "my run");
  EXPECT_EQ(
      ReadFile(folder_ / "my run/training_log.csv"),
      "configuration,tokens,loss,accuracy\n\"my run\",0,,0.375\n\"my run\",30,3,0.375\n\"my run\",40,0.5,\n");
}

}  // namespace
}  // namespace vffn
