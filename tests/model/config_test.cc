#include "model/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/json.h"

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
  EXPECT_THAT(ErrorOf([&] { ParseModelConfig(json, "x"); }),
              testing::StartsWith("x: top_k: unknown field; the fields are d_model, "));
  json = ParseJson(ToJson(config).dump(), "x");
  json["gate"] = "papers";
  EXPECT_EQ(ErrorOf([&] { ParseModelConfig(json, "x"); }),
            "x: gate: is 'papers'; did you mean paper? Choose one of release, paper");
  json["gate"] = "paper";
  json["n_experts"] = 2.5;
  EXPECT_EQ(ErrorOf([&] { ParseModelConfig(json, "x"); }), "x: n_experts is 2.5, should be a whole number");
}

TEST(ModelConfig, JsonHasBiasesOnlyIfTheyAreThere) {
  ModelConfig config = Small();
  config.qkv_bias = true;
  config.ffn_bias = true;
  const std::string text = ToJson(config).dump();
  EXPECT_THAT(text,
              testing::HasSubstr(R"("tied_head":false,"qkv_bias":true,"ffn_bias":true,"ffn":"dense"})"));
  EXPECT_EQ(ParseModelConfig(ParseJson(text, "x"), "x"), config);
  Json json = ParseJson(text, "x");
  json["qkv_bias"] = 1;
  EXPECT_EQ(ErrorOf([&] { ParseModelConfig(json, "x"); }), "x: qkv_bias is 1, should be true or false");
}

TEST(ModelConfig, AppliesModelArgs) {
  ModelConfig config = SmallVersatile();
  ApplyModelArgs("top_k=3,expert_slices=paper,lambda=0.5,loops=2,shuffle_loops=7,branches=width", config);
  EXPECT_EQ(config.ffn.top_k, 3);
  EXPECT_EQ(config.ffn.expert_slices, Reading::kPaper);
  EXPECT_EQ(config.ffn.probes,
            (Probes{.branches = Branches::kWidth, .lambda = 0.5, .loops = 2, .shuffle_loops = 7}));
  ModelConfig spaced = SmallVersatile();
  ApplyModelArgs(" top_k = 1 ,\tloops= 2", spaced);
  EXPECT_EQ(spaced.ffn.top_k, 1);
  EXPECT_EQ(spaced.ffn.probes.loops, 2);
  const ModelConfig before = config;
  ApplyModelArgs("", config);
  EXPECT_EQ(config, before);

  EXPECT_EQ(ErrorOf([&] { ApplyModelArgs("topk=2", config); }),
            "--model_args: this model (ffn versatile) has no option 'topk'; did you mean top_k? It has "
            "top_k, gate, loops, "
            "expert_slices, expected_loops, loop_mixture, tau, branches, lambda, shuffle_loops, "
            "sample_loops");
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
  EXPECT_EQ(message([](ModelConfig& c) { c.qkv_bias = c.attention_out_bias = true; }), "");
  EXPECT_THAT(message([](ModelConfig& c) { c.ffn_bias = true; }),
              testing::StartsWith("here: ffn_bias is true, but an FFN of kind versatile has no biases"));
}

}  // namespace
}  // namespace vffn
