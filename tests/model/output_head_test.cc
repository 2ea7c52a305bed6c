#include "model/output_head.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/model/random_checkpoint.h"
#include "tests/model/test_device.h"

namespace vffn {
namespace {

struct HeadOptions {
  bool bias;
  double multiplier;
  std::optional<double> softcap;
};

// Both backends, against the definition in double precision.
TEST(OutputHead, LogitsAndLogProbabilitiesFollowTheirDefinition) {
  constexpr int64_t kRows = 70, kD = 48, kVocabulary = 301;
  at::manual_seed(3);
  const at::Tensor hidden = at::randn({kRows, kD}), weight = at::randn({kVocabulary, kD}) / 3;
  const at::Tensor bias = at::randn({kVocabulary}) * 2;
  std::vector<Target> targets;
  for (int32_t row = 0; row < kRows; ++row) {
    targets.push_back({row, row * 4});
  }
  for (const Backend backend : {Backend::kAuto, Backend::kTorch}) {
    for (const HeadOptions& options :
         {HeadOptions{false, 1, {}}, {true, 1, {}}, {false, 0.25, {}}, {false, 1, 4.0}, {true, 0.5, 2.0}}) {
      ModelConfig config = TinyConfig();
      config.logit_multiplier = options.multiplier;
      config.logit_softcap = options.softcap;
      WorkCounter work(config);
      const OutputHead head(config, {.weight = weight, .bias = options.bias ? bias : at::Tensor()},
                            {OnTestDevice(backend), work});
      at::Tensor expected = at::linear(hidden.to(at::kDouble), weight.to(at::kDouble));
      expected = (options.bias ? expected + bias : expected) * options.multiplier;
      if (options.softcap) {
        expected = at::tanh(expected / *options.softcap) * *options.softcap;
      }
      const at::Tensor there = hidden.to(at::Device(OnTestDevice(backend).device));
      EXPECT_LT((head.Logits(there).cpu() - expected).abs().max().item<double>(), 1e-5);
      std::vector<float> log_probs(kRows);
      std::vector<uint8_t> greedy(kRows);
      head.LogSoftmax(there, targets, log_probs, greedy);
      const at::Tensor expected_log_probs = at::log_softmax(expected, 1);
      const at::Tensor best = expected.argmax(1);
      for (int64_t row = 0; row < kRows; ++row) {
        EXPECT_NEAR(log_probs[row], expected_log_probs[row][targets[row].token].item<double>(), 1e-5);
        EXPECT_EQ(greedy[row] != 0, best[row].item<int64_t>() == targets[row].token);
      }
      EXPECT_EQ(work.Read().output_head, 2 * 2 * kRows * kD * kVocabulary);  // biases are not counted
    }
  }
}

}  // namespace
}  // namespace vffn
