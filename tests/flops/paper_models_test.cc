#include "flops/paper_models.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace vffn {
namespace {

/// What the paper says in section 4.1, and the authors' released configuration where the paper is silent.
ModelConfig Expected(int64_t d_model, FfnConfig ffn) {
  if (ffn.kind == FfnKind::kMoe || ffn.kind == FfnKind::kVersatile) {
    ffn.n_experts = 8;
    ffn.top_k = 2;
    ffn.expert_hidden_size = 4 * d_model / 8;
  }
  return {.d_model = d_model,
          .n_layers = 15,
          .n_heads = 16,
          .n_kv_heads = 16,
          .head_size = d_model / 16,
          .ffn_hidden_size = 4 * d_model,
          .vocab_size = 50304,
          .max_sequence_length = 4096,
          .norm_epsilon = 1e-6,
          .ffn = ffn};
}

TEST(PaperModels, AreThoseOfTable1InItsOrder) {
  struct Row {
    std::string_view method;
    FfnConfig ffn;
  };
  const std::vector<Row> rows = {{"Base", {}},
                                 {"MoE", {.kind = FfnKind::kMoe}},
                                 {"2-Loop", {.kind = FfnKind::kKLoop, .max_loops = 2}},
                                 {"4-Loop", {.kind = FfnKind::kKLoop, .max_loops = 4}},
                                 {"6-Loop", {.kind = FfnKind::kKLoop, .max_loops = 6}},
                                 {"VersatileFFN", {.kind = FfnKind::kVersatile, .max_loops = 4}}};
  const std::vector<PaperModel> models = PaperModels();
  ASSERT_EQ(models.size(), 2 * rows.size());
  for (size_t i = 0; i < models.size(); ++i) {
    const Row& row = rows[i % rows.size()];
    const bool is_small = i < rows.size();
    EXPECT_EQ(models[i].scale, is_small ? "354M" : "720M");
    EXPECT_EQ(models[i].method, row.method);
    EXPECT_EQ(ToJson(models[i].config).dump(), ToJson(Expected(is_small ? 1024 : 1536, row.ffn)).dump())
        << models[i].scale << " " << row.method;
  }
}

}  // namespace
}  // namespace vffn
