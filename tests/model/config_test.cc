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
            R"("tied_head":false,"ffn":"dense"})");
}

ModelConfig SmallVersatile() {
  ModelConfig config = Small();
  config.ffn = {
      .kind = FfnKind::kVersatile, .n_experts = 3, .top_k = 2, .expert_hidden_size = 3, .max_loops = 4};
  return config;
}

template <class Action>
std::string ErrorOf(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ModelConfig, ListsTheParametersOfEveryFfn) {
  const auto names = [](FfnConfig ffn) {
    ModelConfig config = Small();
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
  EXPECT_THAT(names(SmallVersatile().ffn), ElementsAre("router.weight 3 8", "loop_head.weight 4 8"));
  EXPECT_THAT(names({.kind = FfnKind::kMoe, .n_experts = 3, .top_k = 2, .expert_hidden_size = 3}),
              ElementsAre("experts_norm.weight 8", "experts_in.weight 18 8", "experts_out.weight 8 9",
                          "router.weight 3 8"));
}

TEST(ModelConfig, ReadsBackTheJsonItWrites) {
  ModelConfig config = SmallVersatile();
  config.ffn.gate = Reading::kPaper;
  config.ffn.probes.lambda = 0.25;
  config.ffn.probes.shuffle_loops = 18446744073709551615u;
  config.ffn.probes.branches = Branches::kDepth;
  EXPECT_EQ(ParseModelConfig(ParseJson(ToJson(config).dump(), "x"), "x"), config);
  EXPECT_EQ(ParseModelConfig(ParseJson(ToJson(Small()).dump(), "x"), "x"), Small());

  Json json = ParseJson(ToJson(config).dump(), "x");
  json.erase("max_loops");
  EXPECT_EQ(ErrorOf([&] { ParseModelConfig(json, "x"); }), "x: max_loops is missing");
  json = ParseJson(ToJson(Small()).dump(), "x");
  json["top_k"] = 2;
  EXPECT_THAT(ErrorOf([&] { ParseModelConfig(json, "x"); }), testing::StartsWith("x: unknown field top_k"));
  json = ParseJson(ToJson(config).dump(), "x");
  json["gate"] = "papers";
  EXPECT_EQ(ErrorOf([&] { ParseModelConfig(json, "x"); }),
            "x: gate: is 'papers', should be one of release, paper");
  json["gate"] = "paper";
  json["n_experts"] = 2.5;
  EXPECT_EQ(ErrorOf([&] { ParseModelConfig(json, "x"); }), "x: n_experts: is 2.5, should be a whole number");
}

TEST(ModelConfig, AppliesModelArgs) {
  ModelConfig config = SmallVersatile();
  ApplyModelArgs("top_k=3,expert_slices=paper,lambda=0.5,loops=2,shuffle_loops=7,branches=width", config);
  EXPECT_EQ(config.ffn.top_k, 3);
  EXPECT_EQ(config.ffn.expert_slices, Reading::kPaper);
  EXPECT_EQ(config.ffn.probes,
            (Probes{.branches = Branches::kWidth, .lambda = 0.5, .loops = 2, .shuffle_loops = 7}));
  const ModelConfig before = config;
  ApplyModelArgs("", config);
  EXPECT_EQ(config, before);

  EXPECT_EQ(ErrorOf([&] { ApplyModelArgs("topk=2", config); }),
            "--model_args: this model (ffn versatile) has no option 'topk'; it has top_k, gate, loops, "
            "expert_slices, expected_loops, loop_mixture, tau, branches, lambda, shuffle_loops");
  EXPECT_EQ(ErrorOf([&] { ApplyModelArgs("top_k=2x", config); }),
            "--model_args: top_k: is '2x', should be a whole number");
  EXPECT_EQ(ErrorOf([&] { ApplyModelArgs("top_k", config); }), "--model_args: 'top_k' is not name=value");
  ModelConfig dense = Small();
  EXPECT_EQ(ErrorOf([&] { ApplyModelArgs("top_k=2", dense); }),
            "--model_args: this model (ffn dense) has no option 'top_k'");
}

// Eq. 4 and the release part where N does not divide F: F = 10, N = 3, s = 3.
TEST(ModelConfig, PlacesExpertsAsTheReleaseOrByEquation4) {
  FfnConfig ffn = SmallVersatile().ffn;
  EXPECT_EQ(ExpertBegin(ffn, 10, 2), 6);
  EXPECT_EQ(ExpertBegin(ffn, 11, 2), 6);
  ffn.expert_slices = Reading::kPaper;
  EXPECT_EQ(ExpertBegin(ffn, 10, 2), 6);
  EXPECT_EQ(ExpertBegin(ffn, 11, 2), 8);
  ffn.n_experts = 1;
  EXPECT_EQ(ExpertBegin(ffn, 11, 0), 0);
}

TEST(ModelConfig, ValidateNamesOriginAndField) {
  const auto message = [](auto change) {
    return ErrorOf([&] {
      ModelConfig config = SmallVersatile();
      change(config);
      Validate(config, "here");
    });
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
  EXPECT_EQ(message([](ModelConfig& c) { c.ffn.top_k = 4; }), "here: top_k is 4, should be 1 to 3");
  EXPECT_EQ(message([](ModelConfig& c) { c.ffn.expert_hidden_size = 4; }),
            "here: 3 experts of 4 hidden units, one after the other, do not fit into an FFN of 10");
  EXPECT_EQ(message([](ModelConfig& c) {
              c.ffn.expert_hidden_size = 4;
              c.ffn.expert_slices = Reading::kPaper;  // Eq. 4's slices may overlap
            }),
            "");
  EXPECT_EQ(message([](ModelConfig& c) { c.ffn.max_loops = 0; }),
            "here: max_loops is 0, should be 1 to 1024");
  EXPECT_EQ(message([](ModelConfig& c) { c.ffn.probes.loops = 5; }), "here: loops is 5, should be 0 to 4");
  EXPECT_EQ(message([](ModelConfig& c) { c.ffn.probes.lambda = 1.5; }),
            "here: lambda is 1.5, should be 0 to 1");
  EXPECT_EQ(message([](ModelConfig& c) { c.ffn.tau = 0; }), "here: tau is 0, should be positive");
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
