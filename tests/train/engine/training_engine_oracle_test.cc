// Training steps, as the authors' code computed them: losses, gradients, clipping, AdamW.
#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/json.h"
#include "tests/model/oracle.h"
#include "tests/model/release_names.h"
#include "tests/model/test_device.h"
#include "train/engine/loop_choice.h"
#include "train/engine/optimizer.h"
#include "train/engine/training_model.h"

namespace vffn {
namespace {

at::Tensor AsTensor(const std::vector<float>& values, const std::vector<int64_t>& shape) {
  return at::tensor(values).view(shape);
}

class TrainingEngineOracleTest : public testing::TestWithParam<std::string> {
 protected:
  TrainingEngineOracleTest()
      : forward_(GetParam(), "train_forward.safetensors"),
        trace_(ReadOracleJson(GetParam(), "train_trace.json")) {
    const bool versatile = GetParam() != "dense_sequential";
    checkpoint_ = OpenCheckpoint(CheckpointFolder(GetParam()), versatile ? ModelArgs(GetParam()) : "");
  }

  at::Tensor Tokens(int64_t step) const {
    const std::string name = "step" + std::to_string(step) + ".input_ids";
    return at::tensor(forward_.Integers(name)).view(forward_.Shape(name)).to(at::Device(TestDevice()));
  }

  const Json& Recorded(int64_t step) const { return trace_.at("steps").at(step - 1); }

  TrainingPass Pass(int64_t step) const {
    return {.step = step,
            .tau = Recorded(step).value("tau", 5.0),
            .loss_divisor = static_cast<double>(Tokens(step).numel()),
            .gumbel_noise = [this, step](int64_t layer) {
              const std::string name =
                  "step" + std::to_string(step) + ".layer." + std::to_string(layer) + ".gumbel_noise";
              return AsTensor(forward_.Floats(name), forward_.Shape(name)).flatten(0, 1);
            }};
  }

  OracleFile forward_;
  Json trace_;
  std::unique_ptr<Checkpoint> checkpoint_;
};

INSTANTIATE_TEST_SUITE_P(Ffn, TrainingEngineOracleTest,
                         testing::Values("dense_sequential", "vffn_e8k2l4", "vffn_e16k4l6", "vffn_e4k1l2"),
                         [](const auto& info) { return info.param; });

TEST_P(TrainingEngineOracleTest, LossAndGradientsAgreeWithTheReleasedCode) {
  const OracleFile grads(GetParam(), "train_grads.safetensors");
  for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
    TrainingModel model(*checkpoint_, {.device = at::Device(TestDevice()), .type = type});
    const TrainingSums sums = model.ForwardBackward(Tokens(1), Pass(1));
    EXPECT_NEAR(sums.loss.item<double>(), Recorded(1).at("loss").get<double>(), 1e-5);
    for (const ParameterSpec& spec : model.parameters().specs()) {
      const std::string name = "grad." + ReleaseName(spec.name);
      const at::Tensor expected = AsTensor(grads.Floats(name), grads.Shape(name));
      const at::Tensor actual = model.parameters().gradient(spec.name).to(at::kCPU, at::kFloat);
      // Relative L2; a second implementation was within 8e-6. With k = 1 the router's gradient is 0.
      EXPECT_LE((actual - expected).norm().item<double>(), 1e-4 * expected.norm().item<double>() + 1e-9)
          << spec.name;
    }
  }
}

TEST_P(TrainingEngineOracleTest, ThreeAdamWStepsAgreeWithTheReleasedCode) {
  TrainingModel model(*checkpoint_, {.device = at::Device(TestDevice())});
  const Json& optimizer = trace_.at("optimizer");
  const OptimizerConfig config{.weight_decay = optimizer.at("weight_decay").get<double>(),
                               .max_gradient_norm = optimizer.at("max_grad_norm").get<double>()};
  for (int64_t step = 1; step <= static_cast<int64_t>(trace_.at("steps").size()); ++step) {
    const Json& recorded = Recorded(step);
    model.parameters().CastWeights();
    model.parameters().ZeroGradients();
    const TrainingSums sums = model.ForwardBackward(Tokens(step), Pass(step));
    EXPECT_NEAR(sums.loss.item<double>(), recorded.at("loss").get<double>(), 1e-5) << step;
    const at::Tensor norm = AdamWStep(model.parameters(), config, recorded.at("lr").get<double>(), step);
    const double expected_norm = recorded.at("total_grad_norm").get<double>();
    EXPECT_NEAR(norm.item<double>(), expected_norm, 1e-4 * expected_norm) << step;
    for (const ParameterSpec& spec : model.parameters().specs()) {
      for (const auto& [key, moments] : {std::pair("exp_avg_norm", model.parameters().first_moments()),
                                         std::pair("exp_avg_sq_norm", model.parameters().second_moments())}) {
        const double expected = recorded.at(key).at(ReleaseName(spec.name)).get<double>();
        EXPECT_NEAR(model.parameters().View(moments, spec.name).norm().item<double>(), expected,
                    1e-3 * expected + 1e-12)
            << key << " of " << spec.name << ", step " << step;
      }
    }
  }
}

class TrainingEngineLoopsTest : public TrainingEngineOracleTest {};

INSTANTIATE_TEST_SUITE_P(Ffn, TrainingEngineLoopsTest,
                         testing::Values("vffn_e8k2l4", "vffn_e16k4l6", "vffn_e4k1l2"),
                         [](const auto& info) { return info.param; });

TEST_P(TrainingEngineLoopsTest, ProbabilitiesAndLambdaAgreeWithTheReleasedCode) {
  const FfnConfig& ffn = checkpoint_->config().ffn;
  for (int64_t layer = 0; layer < checkpoint_->config().n_layers; ++layer) {
    const auto recorded = [&](const std::string& name) {
      const std::string whole = "layer." + std::to_string(layer) + "." + name;
      return AsTensor(forward_.Floats(whole), forward_.Shape(whole)).flatten(0, 1);  // [B T, ...]
    };
    const LoopDraw draw = DrawLoops(recorded("depth_logits"), Pass(1).gumbel_noise(layer), Pass(1).tau, ffn);
    const at::Tensor loops = at::arange(1, ffn.max_loops + 1, at::kFloat);
    EXPECT_LT((draw.mixture - recorded("depth_probs")).abs().max().item<double>(), 1e-6);
    EXPECT_LT((at::mv(draw.mixture, loops) - recorded("expected_loops")).abs().max().item<double>(), 1e-6);
    EXPECT_LT((draw.lambda - recorded("lambda")).abs().max().item<double>(), 1e-6);
    EXPECT_TRUE(at::equal(draw.counts.to(at::kFloat), recorded("expected_loops").round()));
  }
}

/// Compares all parameters with a file of the oracle. `gradients`, if given, are those of the step.
void ExpectParameters(const ParameterStore& parameters, const OracleFile& file, double learning_rate,
                      const at::Tensor& gradients) {
  int64_t elements = 0, different = 0;
  for (const ParameterSpec& spec : parameters.specs()) {
    const std::string name = ReleaseName(spec.name);
    const at::Tensor error =
        (parameters.master(spec.name) - AsTensor(file.Floats(name), file.Shape(name))).abs();
    elements += error.numel();
    different += error.gt(1e-6).sum().item<int64_t>();
    // AdamW's first step is lr g / (|g| + 1e-8): where |g| is near 1e-8, rounding of g changes it by up to
    // lr.
    EXPECT_LT(error.max().item<double>(), learning_rate) << name;
    if (gradients.defined()) {
      const at::Tensor is_large = parameters.View(gradients, spec.name).abs().gt(1e-6);
      EXPECT_LE((error * is_large).max().item<double>(), 1e-6) << name;
    }
  }
  EXPECT_LE(different, elements / 1000);
}

TEST(TrainingEngineParametersTest, EqualThoseOfTheReleasedCodeAfterOneAndThreeSteps) {
  const std::string oracle = "vffn_e8k2l4";
  const auto checkpoint = OpenCheckpoint(CheckpointFolder(oracle), ModelArgs(oracle));
  const OracleFile forward(oracle, "train_forward.safetensors");
  const Json trace = ReadOracleJson(oracle, "train_trace.json");
  TrainingModel model(*checkpoint, {});
  for (int64_t step = 1; step <= 3; ++step) {
    const std::string prefix = "step" + std::to_string(step) + ".";
    const at::Tensor tokens =
        at::tensor(forward.Integers(prefix + "input_ids")).view(forward.Shape(prefix + "input_ids"));
    const Json& recorded = trace.at("steps").at(step - 1);
    model.parameters().CastWeights();
    model.parameters().ZeroGradients();
    model.ForwardBackward(tokens, {.tau = recorded.at("tau").get<double>(),
                                   .loss_divisor = static_cast<double>(tokens.numel()),
                                   .gumbel_noise = [&](int64_t layer) {
                                     const std::string name =
                                         prefix + "layer." + std::to_string(layer) + ".gumbel_noise";
                                     return AsTensor(forward.Floats(name), forward.Shape(name)).flatten(0, 1);
                                   }});
    const double learning_rate = recorded.at("lr").get<double>();
    AdamWStep(model.parameters(), {}, learning_rate, step);  // clips the gradients in place
    if (step != 2) {
      ExpectParameters(model.parameters(),
                       OracleFile(oracle, "train_step" + std::to_string(step) + ".safetensors"),
                       learning_rate, step == 1 ? model.parameters().gradients() : at::Tensor());
    }
  }
}

TEST(TrainingEngineBalanceTest, LossAndGradientAgreeWithTheReference) {
  const std::string oracle = "vffn_e8k2l4";
  const auto checkpoint = OpenCheckpoint(CheckpointFolder(oracle), ModelArgs(oracle));
  const OracleFile forward(oracle, "train_forward.safetensors");
  const OracleFile reference(oracle, "balance_reference.safetensors");
  const Json values = ReadOracleJson(oracle, "balance_reference.json");
  const at::Tensor tokens =
      at::tensor(forward.Integers("step1.input_ids")).view(forward.Shape("step1.input_ids"));
  std::map<double, at::Tensor> gradients;  // by coefficient
  std::map<std::string, ParameterStore::Range> ranges;
  for (const double coefficient : {0.0, 1.0}) {
    TrainingModel model(*checkpoint, {.type = at::kDouble});
    const TrainingSums sums = model.ForwardBackward(
        tokens, {.loss_divisor = static_cast<double>(tokens.numel()),
                 .balance_coefficient = coefficient,
                 .gumbel_noise = [&](int64_t layer) {
                   const std::string name = "step1.layer." + std::to_string(layer) + ".gumbel_noise";
                   return AsTensor(forward.Floats(name), forward.Shape(name)).flatten(0, 1);
                 }});
    EXPECT_NEAR(sums.balance_loss.item<double>(), values.at("mean_over_layers").get<double>(), 1e-5);
    gradients[coefficient] = model.parameters().gradients().clone();
    for (int64_t layer = 0; layer < model.config().n_layers; ++layer) {
      const std::string name = "layers." + std::to_string(layer) + ".router.weight";
      ranges[name] = model.parameters().RangeOf(name);
    }
  }
  for (const auto& [name, range] : ranges) {
    const std::string recorded = "grad." + ReleaseName(name);
    const at::Tensor expected =
        AsTensor(reference.Floats(recorded), reference.Shape(recorded)).flatten().to(at::kDouble);
    const at::Tensor actual = (gradients[1] - gradients[0]).narrow(0, range.begin, range.end - range.begin);
    EXPECT_LE((actual - expected).norm().item<double>(), 1e-4 * expected.norm().item<double>()) << name;
  }
}

}  // namespace
}  // namespace vffn
