#include "flops/parameter_groups.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "flops/paper_models.h"
#include "model/parameters.h"

namespace vffn {
namespace {

const PaperModel& Model(const std::vector<PaperModel>& models, std::string_view scale,
                        std::string_view method) {
  for (const PaperModel& model : models) {
    if (model.scale == scale && model.method == method) {
      return model;
    }
  }
  ADD_FAILURE() << scale << " " << method;
  return models.front();
}

// Table 2 of the paper, "Params (M)", in units of 0.01M.
TEST(ParameterCounts, AreThePublishedOnes) {
  const std::vector<PaperModel> models = PaperModels();
  const std::vector<int64_t> published = {35471, 54359,  35471, 35471, 35471, 35490,
                                          72081, 114569, 72081, 72081, 72081, 72109};
  ASSERT_EQ(models.size(), published.size());
  for (size_t i = 0; i < models.size(); ++i) {
    EXPECT_EQ((CountParameters(models[i].config).total() + 5000) / 10000, published[i])
        << models[i].scale << " " << models[i].method;
    EXPECT_NO_THROW(Validate(models[i].config, "paper"));
  }
}

TEST(ParameterCounts, SumToEveryParameterOfEachGroup) {
  const std::vector<PaperModel> models = PaperModels();
  for (const PaperModel& model : models) {
    EXPECT_EQ(CountParameters(model.config).total(), ParameterCount(model.config));
  }
  const ParameterCounts versatile = CountParameters(Model(models, "354M", "VersatileFFN").config);
  EXPECT_EQ(versatile[ParameterGroup::kEmbedding], 50304 * 1024);
  EXPECT_EQ(versatile[ParameterGroup::kAttention], 15 * 4 * 1024 * 1024);
  EXPECT_EQ(versatile[ParameterGroup::kNorms], 31 * 1024);
  EXPECT_EQ(versatile[ParameterGroup::kFfn], 15 * 3 * 1024 * 4096);
  EXPECT_EQ(versatile[ParameterGroup::kExperts], 0);
  EXPECT_EQ(versatile[ParameterGroup::kRouter], 15 * 8 * 1024);
  EXPECT_EQ(versatile[ParameterGroup::kLoopHead], 15 * 4 * 1024);
  EXPECT_EQ(versatile[ParameterGroup::kOutputHead], 50304 * 1024);
  const ParameterCounts moe = CountParameters(Model(models, "354M", "MoE").config);
  EXPECT_EQ(moe[ParameterGroup::kExperts], 15 * 8 * 3 * 1024 * 512);
  EXPECT_EQ(moe[ParameterGroup::kNorms], (31 + 15) * 1024);
  EXPECT_EQ(moe[ParameterGroup::kLoopHead], 0);
}

TEST(ParameterCounts, ATiedHeadIsTheEmbedding) {
  ModelConfig config = PaperModels()[0].config;
  config.tied_head = true;
  const ParameterCounts counts = CountParameters(config);
  EXPECT_EQ(counts[ParameterGroup::kOutputHead], 0);
  EXPECT_EQ(counts[ParameterGroup::kEmbedding], 50304 * 1024);
}

TEST(ParameterCounts, BiasesCountWithTheirWeights) {
  ModelConfig config = PaperModels()[0].config;
  const ParameterCounts without = CountParameters(config);
  config.qkv_bias = config.attention_out_bias = config.ffn_bias = true;
  const ParameterCounts counts = CountParameters(config);
  EXPECT_EQ(counts[ParameterGroup::kAttention] - without[ParameterGroup::kAttention], 15 * (3 + 1) * 1024);
  EXPECT_EQ(counts[ParameterGroup::kFfn] - without[ParameterGroup::kFfn], 15 * (2 * 4096 + 1024));
  EXPECT_EQ(counts.total(), ParameterCount(config));
}

// Mixtral 8x7B: "46.7B total parameters but only uses 12.9B parameters per token" (mistral.ai, 11 December
// 2023).
TEST(ParameterCounts, OfAMixtureOfExperts) {
  ModelConfig config{.d_model = 4096,
                     .n_layers = 32,
                     .n_heads = 32,
                     .n_kv_heads = 8,
                     .head_size = 128,
                     .ffn_hidden_size = 0,
                     .vocab_size = 32000,
                     .max_sequence_length = 32768};
  config.ffn = {.kind = FfnKind::kSparseMoe, .n_experts = 8, .top_k = 2, .expert_hidden_size = 14336};
  EXPECT_NO_THROW(Validate(config, "mixtral"));
  const ParameterCounts counts = CountParameters(config);
  EXPECT_EQ(counts.total(), 46702792704);
  EXPECT_EQ(counts[ParameterGroup::kExperts], int64_t{32} * 8 * 3 * 4096 * 14336);
  EXPECT_EQ(counts[ParameterGroup::kFfn], 0);
  EXPECT_EQ(counts[ParameterGroup::kRouter], 32 * 8 * 4096);
  const ParameterCounts active = CountActiveParameters(config);
  EXPECT_EQ(active.total(), 12879925248);
  EXPECT_EQ(active[ParameterGroup::kExperts], int64_t{32} * 2 * 3 * 4096 * 14336);
  EXPECT_EQ(active[ParameterGroup::kRouter], counts[ParameterGroup::kRouter]);
}

TEST(ParameterCounts, OnlyExpertsWithWeightsOfTheirOwnAreIdle) {
  const std::vector<PaperModel> models = PaperModels();
  for (const PaperModel& model : models) {
    const int64_t idle = model.method == "MoE" ? model.config.n_layers * 6 * 3 * model.config.d_model *
                                                     model.config.ffn.expert_hidden_size
                                               : 0;
    EXPECT_EQ(CountActiveParameters(model.config).total(), CountParameters(model.config).total() - idle)
        << model.scale << " " << model.method;
  }
}

// What the authors' model class has at each size (testdata/README.md).
TEST(ParameterCounts, AreTheReleasedModels) {
  const Json file = ReadJsonFile(std::string(VFFN_TESTS_DIR) + "/testdata/oracles/param_counts.json");
  ASSERT_GE(file.size(), 15U);
  for (const Json& entry : file) {
    ModelConfig config = PaperModels()[0].config;
    config.d_model = entry["d_model"];
    config.n_layers = entry["n_layers"];
    config.n_heads = config.n_kv_heads = entry["n_heads"];
    config.head_size = config.d_model / config.n_heads;
    config.ffn_hidden_size = entry["ff_out_shape"][1];
    if (entry.contains("total_experts")) {
      const int64_t experts = entry["total_experts"];
      config.ffn = {.kind = FfnKind::kVersatile,
                    .n_experts = experts,
                    .top_k = entry["active_experts"],
                    .expert_hidden_size = config.ffn_hidden_size / experts,
                    .max_loops = entry["max_loops"]};
    }
    const ParameterCounts counts = CountParameters(config);
    EXPECT_EQ(counts.total(), entry["num_params"].get<int64_t>()) << entry["label"];
    EXPECT_EQ(counts.total() - counts[ParameterGroup::kEmbedding],
              entry["num_params_without_input_embedding"].get<int64_t>());
  }
}

}  // namespace
}  // namespace vffn
