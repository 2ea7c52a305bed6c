#include "model/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using enum ParameterRole;
using Kind = Initialisation::Kind;

ModelConfig SmallModel() {
  return {.d_model = 8,
          .n_layers = 2,
          .n_heads = 2,
          .n_kv_heads = 1,
          .head_size = 6,
          .ffn_hidden_size = 10,
          .vocab_size = 20,
          .max_sequence_length = 16};
}

ParameterSpec Matrix(const char* name, std::vector<int64_t> shape, ParameterRole role) {
  return {.name = name,
          .shape = shape,
          .role = role,
          .initialisation = {.kind = Kind::kTruncatedNormal, .deviation = 0.02, .cut = 3}};
}

ParameterSpec Norm(const char* name) {
  return {.name = name, .shape = {8}, .role = kNorm, .initialisation = {.kind = Kind::kOnes}};
}

ParameterSpec Bias(const char* name, int64_t size, ParameterRole role) {
  return {
      .name = name, .shape = {size}, .role = role, .is_bias = true, .initialisation = {.kind = Kind::kZeros}};
}

TEST(ParameterSpecs, AreInModelOrder) {
  const std::vector<ParameterSpec> specs = ParameterSpecs(SmallModel());
  ASSERT_EQ(specs.size(), 1 + 2 * 6 + 2);
  EXPECT_EQ(specs[0], Matrix("embedding.weight", {20, 8}, kEmbedding));
  EXPECT_EQ(specs[1], Norm("layers.0.attention_norm.weight"));
  EXPECT_EQ(specs[2], Matrix("layers.0.qkv.weight", {24, 8}, kQkv));
  EXPECT_EQ(specs[3], Matrix("layers.0.attention_out.weight", {8, 12}, kAttentionOut));
  EXPECT_EQ(specs[4], Norm("layers.0.ffn_norm.weight"));
  EXPECT_EQ(specs[5], Matrix("layers.0.ffn_in.weight", {20, 8}, kFfnIn));
  EXPECT_EQ(specs[6], Matrix("layers.0.ffn_out.weight", {8, 10}, kFfnOut));
  EXPECT_EQ(specs[13], Norm("final_norm.weight"));
  EXPECT_EQ(specs.back(), Matrix("head.weight", {20, 8}, kOutputHead));
}

TEST(ParameterSpecs, BiasesFollowTheirWeights) {
  ModelConfig config = SmallModel();
  const int64_t without = ParameterCount(config);
  config.qkv_bias = config.attention_out_bias = config.ffn_bias = true;
  const std::vector<ParameterSpec> specs = ParameterSpecs(config);
  ASSERT_EQ(specs.size(), 1 + 2 * 10 + 2);
  EXPECT_EQ(specs[2].name, "layers.0.qkv.weight");
  EXPECT_EQ(specs[3], Bias("layers.0.qkv.bias", 24, kQkv));
  EXPECT_EQ(specs[4].name, "layers.0.attention_out.weight");
  EXPECT_EQ(specs[5], Bias("layers.0.attention_out.bias", 8, kAttentionOut));
  EXPECT_EQ(specs[7].name, "layers.0.ffn_in.weight");
  EXPECT_EQ(specs[8], Bias("layers.0.ffn_in.bias", 20, kFfnIn));
  EXPECT_EQ(specs[9].name, "layers.0.ffn_out.weight");
  EXPECT_EQ(specs[10], Bias("layers.0.ffn_out.bias", 8, kFfnOut));
  EXPECT_EQ(ParameterCount(config), without + 2 * (24 + 8 + 20 + 8));
}

TEST(ParameterSpecs, OfATiedHeadThereIsNone) {
  ModelConfig config = SmallModel();
  const int64_t untied = ParameterCount(config);
  config.tied_head = true;
  EXPECT_EQ(ParameterSpecs(config).back().name, "final_norm.weight");
  EXPECT_EQ(ParameterCount(config), untied - 20 * 8);
}

// The release's dense baseline at its default sizes (param_counts of the oracle data: OLMo's own count).
TEST(ParameterCount, IsTheOracles) {
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

TEST(ParameterSpecs, AreThoseOfEveryFfn) {
  const auto names = [](FfnConfig ffn) {
    ModelConfig config = SmallModel();
    config.ffn = ffn;
    std::vector<std::string> of_layer_1;
    for (const ParameterSpec& spec : ParameterSpecs(config)) {
      if (spec.name.starts_with("layers.1.") && spec.name.find("ffn") == std::string::npos) {
        std::string text = spec.name.substr(9);
        for (const int64_t size : spec.shape) {
          text.append(" ").append(std::to_string(size));
        }
        of_layer_1.push_back(text);
      }
    }
    of_layer_1.erase(of_layer_1.begin(), of_layer_1.begin() + 3);  // attention's
    return of_layer_1;
  };
  using testing::ElementsAre;
  EXPECT_THAT(names({}), ElementsAre());
  EXPECT_THAT(names({.kind = FfnKind::kKLoop, .max_loops = 4}), ElementsAre());
  EXPECT_THAT(
      names(FfnConfig{
          .kind = FfnKind::kVersatile, .n_experts = 3, .top_k = 2, .expert_hidden_size = 3, .max_loops = 4}),
      ElementsAre("router.weight 3 8", "loop_head.weight 4 8"));
  EXPECT_THAT(names({.kind = FfnKind::kMoe, .n_experts = 3, .top_k = 2, .expert_hidden_size = 3}),
              ElementsAre("experts_norm.weight 8", "experts_in.weight 18 8", "experts_out.weight 8 9",
                          "router.weight 3 8"));
}

TEST(ParameterSpecs, RolesTellTheFfnsApart) {
  const auto roles = [](FfnConfig ffn) {
    ModelConfig config = SmallModel();
    config.n_layers = 1;
    config.ffn = ffn;
    std::vector<ParameterRole> found;
    for (const ParameterSpec& spec : ParameterSpecs(config)) {
      found.push_back(spec.role);
    }
    return std::vector(found.begin() + 7, found.end() - 2);
  };
  using testing::ElementsAre;
  EXPECT_THAT(roles({.kind = FfnKind::kMoe, .n_experts = 3, .top_k = 2, .expert_hidden_size = 3}),
              ElementsAre(kNorm, kExpertsIn, kExpertsOut, kRouter));
  EXPECT_THAT(
      roles(
          {.kind = FfnKind::kVersatile, .n_experts = 3, .top_k = 2, .expert_hidden_size = 3, .max_loops = 4}),
      ElementsAre(kRouter, kLoopHead));
}

TEST(ParameterCount, OfTheLargestAllowedSizesDoesNotOverflow) {
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

TEST(Initialise, FollowsTheSpec) {
  std::vector<float> values(2, 7.0f);
  Initialise({.name = "x", .shape = {2}, .initialisation = {.kind = Kind::kZeros}}, 3, values);
  EXPECT_THAT(values, testing::ElementsAre(0.0f, 0.0f));
  Initialise({.name = "x", .shape = {1, 2}, .initialisation = {.kind = Kind::kOnes}}, 3, values);
  EXPECT_THAT(values, testing::ElementsAre(1.0f, 1.0f));
  Initialise({.name = "x",
              .shape = {2},
              .initialisation = {.kind = Kind::kTruncatedNormal, .deviation = 0.5, .cut = 2}},
             3, values);
  Random random(3, "x");
  EXPECT_EQ(values[0], static_cast<float>(0.5 * random.TruncatedNormal(2)));
  EXPECT_EQ(values[1], static_cast<float>(0.5 * random.TruncatedNormal(2)));
  EXPECT_EQ(ErrorOf([&] { Initialise({.name = "x", .shape = {3}}, 3, values); }),
            "parameter x has 3 elements, cannot be initialised in 2");
}

}  // namespace
}  // namespace vffn
