// The engine against plain LibTorch operators, for every kind of FFN, reading and ablation.
#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/model/random_checkpoint.h"
#include "tests/model/test_device.h"
#include "tests/train/engine/plain_model.h"
#include "train/engine/gumbel_noise.h"
#include "train/engine/training_model.h"

namespace vffn {
namespace {

struct Variant {
  std::string name;
  ModelConfig config;
};

void PrintTo(const Variant& variant, std::ostream* out) { *out << variant.name; }

ModelConfig WithFfn(FfnConfig ffn) {
  ModelConfig config = TinyConfig();
  config.n_layers = 2;
  config.vocab_size = 97;
  config.ffn_hidden_size = 40;
  config.ffn = ffn;
  return config;
}

FfnConfig Versatile() {
  return {.kind = FfnKind::kVersatile, .n_experts = 4, .top_k = 2, .expert_hidden_size = 9, .max_loops = 4};
}

std::vector<Variant> Variants() {
  std::vector<Variant> variants;
  const auto add = [&](const std::string& name, auto change) {
    FfnConfig ffn = Versatile();
    change(ffn);
    variants.push_back({name, WithFfn(ffn)});
  };
  variants.push_back({"dense", WithFfn({})});
  variants.push_back({"k_loop", WithFfn({.kind = FfnKind::kKLoop, .max_loops = 3})});
  variants.push_back(
      {"moe", WithFfn({.kind = FfnKind::kMoe, .n_experts = 4, .top_k = 2, .expert_hidden_size = 10})});
  add("versatile", [](FfnConfig&) {});
  add("one_expert", [](FfnConfig& f) { f.top_k = 1; });
  add("five_loops", [](FfnConfig& f) { f.max_loops = 5; });
  add("one_loop", [](FfnConfig& f) { f.max_loops = 1; });
  add("gate_of_the_paper", [](FfnConfig& f) { f.gate = Reading::kPaper; });
  add("slices_of_the_paper", [](FfnConfig& f) { f.expert_slices = Reading::kPaper; });
  add("expected_loops_of_the_paper", [](FfnConfig& f) { f.expected_loops = Reading::kPaper; });
  add("soft_mixture", [](FfnConfig& f) { f.loop_mixture = Reading::kPaper; });
  add("all_of_the_paper",
      [](FfnConfig& f) { f.gate = f.expert_slices = f.expected_loops = f.loop_mixture = Reading::kPaper; });
  add("width_only", [](FfnConfig& f) { f.probes.branches = Branches::kWidth; });
  add("depth_only", [](FfnConfig& f) { f.probes.branches = Branches::kDepth; });
  add("fixed_lambda", [](FfnConfig& f) { f.probes.lambda = 0.5; });
  add("fixed_lambda_soft", [](FfnConfig& f) {
    f.probes.lambda = 0.5;
    f.loop_mixture = Reading::kPaper;
  });
  add("forced_loops", [](FfnConfig& f) { f.probes.loops = 2; });
  ModelConfig biased = WithFfn({.kind = FfnKind::kKLoop, .max_loops = 2});
  biased.qkv_bias = biased.attention_out_bias = biased.ffn_bias = biased.tied_head = true;
  variants.push_back({"biases_and_tied_head", biased});
  ModelConfig large_heads = WithFfn(Versatile());  // for which bfloat16 takes LibTorch's attention
  large_heads.n_heads = 2;
  large_heads.n_kv_heads = 1;
  large_heads.head_size = 64;
  variants.push_back({"large_heads", large_heads});
  return variants;
}

/// The device on which the engine runs; what it is compared with stays on the CPU.
at::Device TestTrainingDevice() { return at::Device(TestDevice()); }

class TrainingEngineTest : public testing::TestWithParam<Variant> {
 protected:
  static constexpr int64_t kBatch = 3, kLength = 11;

  TrainingEngineTest() : config_(GetParam().config), checkpoint_(config_) {
    at::manual_seed(7);
    tokens_ = at::randint(config_.vocab_size, {kBatch, kLength}, at::kLong);
  }

  at::Tensor Noise(int64_t layer) const {
    return GumbelNoise({.seed = 3, .step = 1, .layer = layer}, kBatch, kLength, config_.ffn.max_loops);
  }

  TrainingPass Pass() const {
    return {.step = 1,
            .seed = 3,
            .tau = 0.7,
            .loss_divisor = kBatch * kLength,
            .balance_coefficient = 0.3,
            .loop_balance_coefficient = 0.2};
  }

  PlainPass Plain() const {
    return {.tau = 0.7,
            .loss_divisor = kBatch * kLength,
            .balance_coefficient = 0.3,
            .loop_balance_coefficient = 0.2,
            .noise = [this](int64_t layer) { return Noise(layer).to(at::kDouble); }};
  }

  static std::map<std::string, at::Tensor> Copies(const TrainingModel& model, bool with_gradients) {
    std::map<std::string, at::Tensor> copies;
    for (const ParameterSpec& spec : model.parameters().specs()) {
      copies[spec.name] = model.parameters().master(spec.name).to(at::kCPU, at::kDouble).clone();
      copies[spec.name].set_requires_grad(with_gradients);
    }
    return copies;
  }

  ModelConfig config_;
  RandomCheckpoint checkpoint_;
  at::Tensor tokens_;  // [B, T]
};

INSTANTIATE_TEST_SUITE_P(Ffn, TrainingEngineTest, testing::ValuesIn(Variants()),
                         [](const auto& info) { return info.param.name; });

TEST_P(TrainingEngineTest, CompactedGradientsEqualPlainAutograd) {
  for (const at::ScalarType type : {at::kDouble, at::kFloat}) {
    TrainingModel model(checkpoint_, {.device = TestTrainingDevice(), .type = type});
    const TrainingSums sums = model.ForwardBackward(tokens_.to(TestTrainingDevice()), Pass());
    auto parameters = Copies(model, /*with_gradients=*/true);
    PlainLoss(config_, parameters, tokens_, Plain()).backward();
    PlainPass without_loop_balance = Plain();  // which the engine does not report
    without_loop_balance.loop_balance_coefficient = 0;
    const at::Tensor loss = PlainLoss(config_, parameters, tokens_, without_loop_balance);
    double total = sums.loss.item<double>();
    if (sums.balance_loss.defined()) {
      total += 0.3 * sums.balance_loss.item<double>();
    }
    const double tolerance = type == at::kDouble ? 1e-6 : 1e-4;  // of float32 angles; of float32 sums
    EXPECT_NEAR(total, loss.item<double>(), 1e-5);
    double largest = 0;
    for (const auto& [name, parameter] : parameters) {
      if (parameter.grad().defined()) {
        largest = std::max(largest, parameter.grad().norm().item<double>());
      }
    }
    for (const auto& [name, parameter] : parameters) {
      const at::Tensor expected = parameter.grad().defined() ? parameter.grad() : at::zeros_like(parameter);
      const double error =
          (model.parameters().gradient(name).to(at::kCPU, at::kDouble) - expected).norm().item<double>();
      EXPECT_LE(error, tolerance * expected.norm().item<double>() + 1e-9 * largest) << name;
    }
  }
}

TEST_P(TrainingEngineTest, GradientsEqualFiniteDifferences) {
  TrainingModel model(checkpoint_, {.type = at::kDouble});
  model.ForwardBackward(tokens_, Pass());
  auto parameters = Copies(model, /*with_gradients=*/false);
  std::map<int64_t, at::Tensor> constants;
  PlainPass plain = Plain();
  plain.constants = &constants;
  PlainLoss(config_, parameters, tokens_, plain);  // fixes the constants
  constexpr double kStep = 1e-6;
  for (auto& [name, parameter] : parameters) {
    const at::Tensor direction = at::randn_like(parameter);
    const at::Tensor original = parameter;
    parameter = original + kStep * direction;
    const double above = PlainLoss(config_, parameters, tokens_, plain).item<double>();
    parameter = original - kStep * direction;
    const double below = PlainLoss(config_, parameters, tokens_, plain).item<double>();
    parameter = original;
    const at::Tensor gradient = model.parameters().gradient(name);
    const double expected = (above - below) / (2 * kStep);
    const double actual = (gradient * direction).sum().item<double>();
    EXPECT_NEAR(actual, expected, 1e-5 * gradient.norm().item<double>() + 1e-8) << name;
  }
}

TEST_P(TrainingEngineTest, ActivationCheckpointingChangesNothing) {
  TrainingModel plain(checkpoint_, {});
  TrainingModel recomputing(checkpoint_, {.activation_checkpointing = true});
  const TrainingSums a = plain.ForwardBackward(tokens_, Pass());
  const TrainingSums b = recomputing.ForwardBackward(tokens_, Pass());
  EXPECT_TRUE(at::equal(a.loss, b.loss));
  EXPECT_TRUE(at::equal(plain.parameters().gradients(), recomputing.parameters().gradients()));
  for (const auto& [first, second] :
       {std::pair(a.loops, b.loops), std::pair(a.experts, b.experts), std::pair(a.lambda, b.lambda)}) {
    ASSERT_EQ(first.defined(), second.defined());
    EXPECT_TRUE(!first.defined() || at::equal(first, second));
  }
  EXPECT_GT(recomputing.flops(), plain.flops());
}

TEST_P(TrainingEngineTest, MicroBatchesAddUpToTheBatch) {
  TrainingModel whole(checkpoint_, {});
  TrainingPass pass = Pass();
  pass.balance_coefficient = pass.loop_balance_coefficient = 0;  // balance is that of each micro-batch
  const double loss = whole.ForwardBackward(tokens_, pass).loss.item<double>();
  TrainingModel parts(checkpoint_, {});
  double sum = 0;
  for (int64_t sequence = 0; sequence < kBatch; ++sequence) {
    pass.first_sequence = sequence;
    sum += parts.ForwardBackward(tokens_.narrow(0, sequence, 1).contiguous(), pass).loss.item<double>();
  }
  EXPECT_NEAR(sum, loss, 1e-6);
  EXPECT_LE((parts.parameters().gradients() - whole.parameters().gradients()).norm().item<double>(),
            1e-5 * whole.parameters().gradients().norm().item<double>());
}

TEST_P(TrainingEngineTest, ForwardAloneGivesTheSameLossAndNoGradients) {
  TrainingModel model(checkpoint_, {});
  const TrainingSums forward = model.Forward(tokens_, Pass());
  EXPECT_EQ(model.parameters().gradients().abs().max().item<float>(), 0);
  EXPECT_TRUE(at::equal(forward.loss, model.ForwardBackward(tokens_, Pass()).loss));
}

TEST_P(TrainingEngineTest, Bfloat16GradientsAreNearThoseOfFloat32) {
  const at::Tensor tokens = tokens_.to(TestTrainingDevice());
  TrainingModel exact(checkpoint_, {.device = TestTrainingDevice()});
  TrainingModel rounded(checkpoint_, {.device = TestTrainingDevice(), .type = at::kBFloat16});
  const double expected = exact.ForwardBackward(tokens, Pass()).loss.item<double>();
  EXPECT_NEAR(rounded.ForwardBackward(tokens, Pass()).loss.item<double>(), expected, 0.02 * expected);
  const at::Tensor a = exact.parameters().gradients(), b = rounded.parameters().gradients();
  // Operands with 8 bits, and a few tokens that take another route: the direction stays.
  EXPECT_GT((a * b).sum().item<double>(), 0.9 * a.norm().item<double>() * b.norm().item<double>());
}

TEST(TrainingEngineErrorTest, RefusesSequencesThatTheModelDoesNotHave) {
  const RandomCheckpoint checkpoint(WithFfn({}));
  TrainingModel model(checkpoint, {});
  EXPECT_THROW(model.ForwardBackward(at::zeros({1, 513}, at::kLong), {}), Error);
}

}  // namespace
}  // namespace vffn
