#include "model/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace vffn {
namespace {

ModelConfig Small() {
  return {.d_model = 8,
          .n_layers = 2,
          .n_heads = 2,
          .n_kv_heads = 1,
          .head_size = 6,
          .ffn_hidden_size = 10,
          .vocab_size = 20,
          .max_sequence_length = 16};
}

TEST(ModelConfig, ListsParametersInModelOrder) {
  const std::vector<ParameterSpec> specs = ParameterSpecs(Small());
  ASSERT_EQ(specs.size(), 1 + 2 * 6 + 2);
  EXPECT_EQ(specs[0], (ParameterSpec{"embedding.weight", {20, 8}}));
  EXPECT_EQ(specs[1], (ParameterSpec{"layers.0.attention_norm.weight", {8}}));
  EXPECT_EQ(specs[2], (ParameterSpec{"layers.0.qkv.weight", {24, 8}}));
  EXPECT_EQ(specs[3], (ParameterSpec{"layers.0.attention_out.weight", {8, 12}}));
  EXPECT_EQ(specs[5], (ParameterSpec{"layers.0.ffn_in.weight", {20, 8}}));
  EXPECT_EQ(specs[6], (ParameterSpec{"layers.0.ffn_out.weight", {8, 10}}));
  EXPECT_EQ(specs.back(), (ParameterSpec{"head.weight", {20, 8}}));
}

TEST(ModelConfig, TiedHeadHasNoParameter) {
  ModelConfig config = Small();
  const int64_t untied = ParameterCount(config);
  config.tied_head = true;
  EXPECT_EQ(ParameterSpecs(config).back().name, "final_norm.weight");
  EXPECT_EQ(ParameterCount(config), untied - 20 * 8);
}

// The release's dense baseline at its default sizes (param_counts of the oracle data: OLMo's own count).
TEST(ModelConfig, CountsTheOraclesParameters) {
  const ModelConfig config{.d_model = 64,
                           .n_layers = 3,
                           .n_heads = 4,
                           .n_kv_heads = 4,
                           .head_size = 16,
                           .ffn_hidden_size = 128,
                           .vocab_size = 256,
                           .max_sequence_length = 128};
  EXPECT_EQ(ParameterCount(config), 156096);
}

TEST(ModelConfig, WritesEveryFieldToJson) {
  EXPECT_EQ(ToJson(Small()).dump(),
            R"({"d_model":8,"n_layers":2,"n_heads":2,"n_kv_heads":1,"head_size":6,"ffn_hidden_size":10,)"
            R"("vocab_size":20,"max_sequence_length":16,"rope_theta":10000.0,"norm_epsilon":1e-05,)"
            R"("tied_head":false})");
}

TEST(ModelConfig, ValidateNamesOriginAndField) {
  const auto message = [](auto change) {
    ModelConfig config = Small();
    change(config);
    try {
      Validate(config, "here");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(message([](ModelConfig&) {}), "");
  EXPECT_THAT(message([](ModelConfig& c) { c.n_layers = 0; }), testing::StartsWith("here: n_layers is 0"));
  EXPECT_THAT(message([](ModelConfig& c) { c.vocab_size = int64_t{1} << 40; }),
              testing::HasSubstr("vocab_size"));
  EXPECT_THAT(message([](ModelConfig& c) { c.n_kv_heads = 3; }),
              testing::HasSubstr("n_kv_heads (3) does not divide"));
  EXPECT_THAT(message([](ModelConfig& c) { c.head_size = 5; }), testing::HasSubstr("head_size is 5"));
  EXPECT_THAT(message([](ModelConfig& c) { c.rope_theta = 0; }), testing::HasSubstr("rope_theta"));
  EXPECT_THAT(message([](ModelConfig& c) { c.norm_epsilon = -1; }), testing::HasSubstr("norm_epsilon"));
}

TEST(ModelConfig, LargestAllowedSizesDoNotOverflow) {
  const ModelConfig config{.d_model = int64_t{1} << 20,
                           .n_layers = 1 << 12,
                           .n_heads = 1 << 12,
                           .n_kv_heads = 1 << 12,
                           .head_size = 1 << 12,
                           .ffn_hidden_size = 1 << 24,
                           .vocab_size = 1 << 28,
                           .max_sequence_length = 1};
  Validate(config, "large");
  EXPECT_GT(ParameterCount(config), int64_t{1} << 58);
}

}  // namespace
}  // namespace vffn
