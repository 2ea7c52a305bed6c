#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include "base/error.h"
#include "base/json.h"
#include "model/logits.h"
#include "tests/model/oracle.h"
#include "tests/model/random_checkpoint.h"
#include "tests/model/test_device.h"

namespace vffn {
namespace {

struct TransformerCase {
  std::string name;
  std::string weights;  // which of the two files is kept beside config.yaml
  Backend backend;
};

class OracleTest : public testing::TestWithParam<TransformerCase> {};

INSTANTIATE_TEST_SUITE_P(
    Dense, OracleTest,
    testing::Values(TransformerCase{"dense_sequential", "model.safetensors", Backend::kAuto},
                    TransformerCase{"dense_sequential", "model.pt", Backend::kAuto},
                    TransformerCase{"dense_sequential", "model.pt", Backend::kTorch},
                    TransformerCase{"dense_llama", "model.safetensors", Backend::kAuto},
                    TransformerCase{"dense_llama", "model.pt", Backend::kAuto},
                    TransformerCase{"dense_llama", "model.safetensors", Backend::kTorch}),
    [](const auto& info) {
      return info.param.name + "_" +
             std::filesystem::path(info.param.weights).extension().string().substr(1) +
             (info.param.backend == Backend::kTorch ? "_torch" : "");
    });

TEST_P(OracleTest, LogitsAgreeWithTheReleasedCode) {
  const OracleFile oracle(GetParam().name, "eval.safetensors");
  const OracleInput input(oracle);
  const std::vector<float> logits = oracle.Floats("logits");
  const auto checkpoint = OpenCheckpoint(CheckpointFolder(GetParam().name, GetParam().weights));
  for (const int64_t batch_size : {1, 100}) {
    const LogitsTable table =
        ComputeLogits(*checkpoint, input.sequences, input.padding,
                      {.compute = OnTestDevice(GetParam().backend), .batch_size = batch_size});
    EXPECT_EQ(table.input_ids, input.input_ids);
    EXPECT_EQ(table.lengths, input.lengths);
    ASSERT_EQ(table.logits.size(), logits.size());
    double worst = 0;
    for (int64_t sequence = 0; sequence < table.batch; ++sequence) {
      const int64_t begin = sequence * table.length * table.vocabulary;
      const int64_t padding = begin + table.lengths[sequence] * table.vocabulary;
      for (int64_t i = begin; i < padding; ++i) {
        worst = std::max(worst, static_cast<double>(std::abs(table.logits[i] - logits[i])));
      }
      for (int64_t i = padding; i < begin + table.length * table.vocabulary; ++i) {
        ASSERT_EQ(table.logits[i], 0);  // padding does not go through the model
      }
    }
    // Two float32 implementations of these models differ by up to 2.4e-5 (order of summation).
    EXPECT_LT(worst, 1e-4) << "batches of " << batch_size;
  }
}

TEST(Transformer, KernelsAndLibTorchAgree) {
  const RandomCheckpoint checkpoint(TinyConfig());
  const std::vector<std::vector<int32_t>> sequences = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {300, 0, 17}};
  for (const Dtype dtype : {Dtype::kFloat32, Dtype::kBfloat16}) {
    const auto kernels = ComputeLogits(checkpoint, sequences, 0, {.compute = {.dtype = dtype}});
    const auto torch =
        ComputeLogits(checkpoint, sequences, 0, {.compute = OnTestDevice(Backend::kTorch, {.dtype = dtype})});
    for (size_t i = 0; i < kernels.logits.size(); ++i) {
      // LibTorch rounds the results of bfloat16 layers too, to 8 bits: 2^-9 of values up to about 4, a few
      // times over.
      ASSERT_NEAR(kernels.logits[i], torch.logits[i], dtype == Dtype::kFloat32 ? 1e-5 : 6e-2);
    }
  }
}

/// Biases everywhere, or those of one layer type.
ModelConfig BiasedConfig(bool qkv, bool attention_out, bool ffn) {
  ModelConfig config = TinyConfig();
  config.qkv_bias = qkv;
  config.attention_out_bias = attention_out;
  config.ffn_bias = ffn;
  return config;
}

TEST(Transformer, KernelsAndLibTorchAgreeOnBiases) {
  const std::vector<std::vector<int32_t>> sequences = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {300, 0, 17}};
  const std::vector<float> plain = ComputeLogits(RandomCheckpoint(TinyConfig()), sequences, 0, {}).logits;
  for (const auto& [qkv, attention_out, ffn] : std::vector<std::array<bool, 3>>{
           {true, true, true}, {true, false, false}, {false, true, false}, {false, false, true}}) {
    const RandomCheckpoint checkpoint(BiasedConfig(qkv, attention_out, ffn));
    const auto kernels = ComputeLogits(checkpoint, sequences, 0, {});
    const auto torch = ComputeLogits(checkpoint, sequences, 0, {.compute = OnTestDevice(Backend::kTorch)});
    double from_torch = 0, from_plain = 0;
    for (size_t i = 0; i < plain.size(); ++i) {
      from_torch = std::max<double>(from_torch, std::abs(kernels.logits[i] - torch.logits[i]));
      from_plain = std::max<double>(from_plain, std::abs(kernels.logits[i] - plain[i]));
    }
    EXPECT_LT(from_torch, 1e-5);  // order of summation
    EXPECT_GT(from_plain, 1e-2);  // every bias counts
  }
}

TEST(Transformer, RefusesATokenOutsideTheVocabulary) {
  const RandomCheckpoint checkpoint(TinyConfig());
  try {
    ComputeLogits(checkpoint, {{1, 301}}, 0, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "token id 301 is outside the model's vocabulary of 301");
  }
}

TEST(Transformer, RefusesASequenceLongerThanTheModel) {
  const RandomCheckpoint checkpoint(TinyConfig());
  EXPECT_THROW(ComputeLogits(checkpoint, {std::vector<int32_t>(513, 1)}, 0, {}), Error);
}

TEST(Transformer, RefusesAnUnknownDevice) {
  const RandomCheckpoint checkpoint(TinyConfig());
  EXPECT_THROW(ComputeLogits(checkpoint, {{1}}, 0, {.compute = {.device = "abacus"}}), Error);
}

}  // namespace
}  // namespace vffn
