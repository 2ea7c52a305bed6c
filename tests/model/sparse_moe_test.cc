// Routed experts in place of the dense FFN, on weights for which the result is known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "model/logits.h"
#include "tests/model/decoder_kinds.h"
#include "tests/model/test_device.h"

namespace vffn {
namespace {

/// Random weights, some of them changed.
class ChangedCheckpoint : public RandomCheckpoint {
 public:
  /// `change` gets the last part of a parameter's name, such as "router.weight", and its values; it returns
  /// the name whose random values they should be instead, or an empty one.
  using Change = std::function<std::string(const std::string& name, std::span<float> values)>;

  ChangedCheckpoint(const ModelConfig& config, Change change)
      : RandomCheckpoint(config), change_(std::move(change)) {}

  void Read(const std::string& parameter, std::span<float> out) const override {
    RandomCheckpoint::Read(parameter, out);
    const size_t layer = parameter.find('.', std::string("layers.").size());
    if (parameter.starts_with("layers.")) {
      const std::string prefix = parameter.substr(0, layer + 1);
      if (const std::string other = change_(parameter.substr(layer + 1), out); !other.empty()) {
        RandomCheckpoint::Read(prefix + other, out);
      }
    }
  }

 private:
  Change change_;
};

std::string SetToZero(std::span<float> values) {
  std::ranges::fill(values, 0.0f);
  return "";
}

ModelConfig Sparse(const FfnConfig& ffn, int64_t shared = 0) {
  ModelConfig config = TinyConfig();
  config.ffn_hidden_size = shared;
  config.ffn = ffn;
  Validate(config, "test");
  return config;
}

LogitsTable SparseLogits(const Checkpoint& checkpoint, const LogitsOptions& options = {}) {
  return ComputeLogits(checkpoint, TinySequences(), 0, options);
}

std::vector<float> DenseLogits() { return SparseLogits(RandomCheckpoint(TinyConfig())).logits; }

TEST(SparseMoe, OneExpertIsTheDenseFfn) {
  const ChangedCheckpoint checkpoint(
      Sparse({.kind = FfnKind::kSparseMoe, .n_experts = 1, .top_k = 1, .expert_hidden_size = 80}),
      [](const std::string& name, std::span<float>) {
        return name == "experts_in.weight"    ? "ffn_in.weight"
               : name == "experts_out.weight" ? "ffn_out.weight"
                                              : "";
      });
  EXPECT_EQ(SparseLogits(checkpoint).logits, DenseLogits());
}

TEST(SparseMoe, ASharedExpertAloneIsTheDenseFfn) {
  const ChangedCheckpoint checkpoint(Sparse(TinySparseMoe(), 80),
                                     [](const std::string& name, std::span<float> values) {
                                       return name == "experts_out.weight" ? SetToZero(values) : "";
                                     });
  EXPECT_EQ(SparseLogits(checkpoint).logits, DenseLogits());
}

// sigmoid(0) is 1/2: an expert of twice the output, behind a gate of zeros, is the expert.
TEST(SparseMoe, TheGateOfASharedExpertIsASigmoid) {
  FfnConfig ffn = TinySparseMoe();
  ffn.shared_expert_gate = true;
  const ChangedCheckpoint checkpoint(
      Sparse(ffn, 80), [](const std::string& name, std::span<float> values) -> std::string {
        if (name == "experts_out.weight" || name == "shared_expert_gate.weight") {
          return SetToZero(values);
        }
        if (name == "ffn_out.weight") {
          std::ranges::for_each(values, [](float& value) { value *= 2; });
        }
        return "";
      });
  EXPECT_EQ(SparseLogits(checkpoint).logits, DenseLogits());
}

TEST(SparseMoe, TiesGoToTheLowestIndex) {
  for (const bool renormalised : {true, false}) {
    FfnConfig ffn = TinySparseMoe();
    ffn.norm_topk_prob = renormalised;
    const ChangedCheckpoint checkpoint(Sparse(ffn), [](const std::string& name, std::span<float> values) {
      return name == "router.weight" ? SetToZero(values) : "";
    });
    for (const Backend backend : {Backend::kAuto, Backend::kTorch}) {
      const LogitsTable table =
          SparseLogits(checkpoint, {.compute = OnTestDevice(backend), .trace = TraceDetail::kDecisions});
      const auto& experts = std::get<std::vector<int64_t>>(table.trace.at("layer.1.expert_indices").values);
      const auto& weights = std::get<std::vector<float>>(table.trace.at("layer.1.expert_weights").values);
      for (int64_t sequence = 0; sequence < table.batch; ++sequence) {
        for (int64_t i = 0; i < table.lengths[sequence] * 3; ++i) {
          const int64_t place = sequence * table.length * 3 + i;
          EXPECT_EQ(experts[place], i % 3);
          EXPECT_FLOAT_EQ(weights[place], renormalised ? 1.0f / 3 : 1.0f / 7);
        }
      }
    }
  }
}

// The router reads what the experts read. A scale of the stream therefore changes no decision.
TEST(SparseMoe, RoutesByTheNormalisedInput) {
  const auto experts_of = [](double multiplier) {
    ModelConfig config = Sparse(TinySparseMoe());
    config.n_layers = 1;
    config.embedding_multiplier = multiplier;
    const ChangedCheckpoint checkpoint(config, [](const std::string& name, std::span<float> values) {
      return name == "attention_out.weight" ? SetToZero(values) : "";
    });
    const LogitsTable table = SparseLogits(checkpoint, {.trace = TraceDetail::kDecisions});
    return std::get<std::vector<float>>(table.trace.at("layer.0.gate_logits").values);
  };
  const std::vector<float> at_one = experts_of(1), at_64 = experts_of(64);
  ASSERT_EQ(at_one.size(), at_64.size());
  for (size_t i = 0; i < at_one.size(); ++i) {
    EXPECT_NEAR(at_one[i], at_64[i], 1e-4);  // the norm's epsilon
  }
}

}  // namespace
}  // namespace vffn
