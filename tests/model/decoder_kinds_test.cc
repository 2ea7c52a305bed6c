// What must hold of every kind of decoder, on random weights.
#include "tests/model/decoder_kinds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "flops/expected_work.h"
#include "flops/paper_formula.h"
#include "flops/parameter_groups.h"
#include "model/logits.h"
#include "model/transformer.h"
#include "tests/model/test_device.h"

namespace vffn {
namespace {

std::vector<DecoderKind> AllKinds() {
  std::vector<DecoderKind> kinds = DecoderKinds();
  std::ranges::move(UpcycledDecoderKinds(), std::back_inserter(kinds));
  return kinds;
}

class DecoderKindTest : public testing::TestWithParam<DecoderKind> {
 protected:
  const ModelConfig& config() const { return GetParam().config; }
  std::vector<float> Logits(const LogitsOptions& options = {}) const {
    return ComputeLogits(RandomCheckpoint(config()), TinySequences(), 0, options).logits;
  }
};

INSTANTIATE_TEST_SUITE_P(Every, DecoderKindTest, testing::ValuesIn(AllKinds()),
                         [](const auto& info) { return info.param.name; });

TEST_P(DecoderKindTest, IsValid) { EXPECT_NO_THROW(Validate(config(), "test")); }

TEST_P(DecoderKindTest, KernelsAndLibTorchAgree) {
  const std::vector<float> kernels = Logits();
  const std::vector<float> torch = Logits({.compute = OnTestDevice(Backend::kTorch)});
  ASSERT_EQ(kernels.size(), torch.size());
  for (size_t i = 0; i < kernels.size(); ++i) {
    ASSERT_NEAR(kernels[i], torch[i], 5e-5 * (1 + std::abs(torch[i]))) << i;  // order of summation
  }
}

TEST_P(DecoderKindTest, LogitsDoNotDependOnTheBatch) {
  for (const Dtype dtype : {Dtype::kFloat32, Dtype::kBfloat16}) {
    const ComputeOptions compute{.dtype = dtype};
    EXPECT_EQ(Logits({.compute = compute, .batch_size = 1}), Logits({.compute = compute}));
  }
}

// Executed, exact and, where it says something, the formula, to the last FLOP.
TEST_P(DecoderKindTest, ExecutesExactlyTheExpectedWork) {
  PackedBatch batch;
  for (const std::vector<int32_t>& sequence : TinySequences()) {
    AppendSequence(batch, sequence);
  }
  const WorkSize size{.tokens = batch.size(),
                      .visible_pairs = VisiblePairs(batch),
                      .head_rows = 2,
                      .window_pairs = VisiblePairs(batch, config().window)};
  for (const Backend backend : {Backend::kAuto, Backend::kTorch}) {
    const Transformer model(RandomCheckpoint(config()), OnTestDevice(backend), 1);
    const at::Tensor hidden = model.forward({.batch = &batch});
    std::vector<float> log_probs(2);
    std::vector<uint8_t> greedy(2);
    const std::vector<Target> targets = {{0, 5}, {1, 7}};
    model.head().LogSoftmax(hidden.slice(0, 0, 2), targets, log_probs, greedy);
    const ExecutedWork executed = model.work();
    const bool decides = config().ffn.kind == FfnKind::kVersatile;
    const ExecutedWork expected =
        ExpectedWork(config(), size, decides ? executed.decisions : std::vector<LayerDecisions>());
    EXPECT_EQ(ToJson(expected).dump(), ToJson(executed).dump());
    const std::optional<double> formula = PaperFfnFlops(config(), AveragesOf(executed.decisions));
    ASSERT_TRUE(formula.has_value());
    const WorkFlops total = executed.total();
    EXPECT_NEAR(*formula * static_cast<double>(batch.size()),
                static_cast<double>(total[Work::kFfn] + total[Work::kExperts]), 1e-6);
  }
}

TEST_P(DecoderKindTest, ActiveParametersLackTheExpertsThatATokenDoesNotUse) {
  const int64_t all = CountParameters(config()).total();
  const FfnConfig& ffn = config().ffn;
  const bool own = ffn.kind == FfnKind::kMoe || ffn.kind == FfnKind::kSparseMoe;
  const int64_t idle =
      own ? config().n_layers * (ffn.n_experts - ffn.top_k) * 3 * config().d_model * ffn.expert_hidden_size
          : 0;
  EXPECT_EQ(CountActiveParameters(config()).total(), all - idle);
  EXPECT_EQ(all, ParameterCount(config()));
}

}  // namespace
}  // namespace vffn
