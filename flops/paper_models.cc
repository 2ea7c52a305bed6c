#include "flops/paper_models.h"

namespace vffn {
namespace {

ModelConfig BaseConfig(int64_t d_model) {
  constexpr int64_t kHeads = 16;
  return {.d_model = d_model,
          .n_layers = 15,
          .n_heads = kHeads,
          .n_kv_heads = kHeads,
          .head_size = d_model / kHeads,
          .ffn_hidden_size = 4 * d_model,
          .vocab_size = 50304,
          .max_sequence_length = 4096,
          .norm_epsilon = 1e-6};
}

PaperModel WithFfn(std::string_view scale, std::string_view method, int64_t d_model, const FfnConfig& ffn) {
  PaperModel model{scale, method, BaseConfig(d_model)};
  model.config.ffn = ffn;
  return model;
}

FfnConfig EightExpertsTwoActive(FfnKind kind, int64_t d_model) {
  return {.kind = kind, .n_experts = 8, .top_k = 2, .expert_hidden_size = 4 * d_model / 8};
}

}  // namespace

std::vector<PaperModel> PaperModels() {
  std::vector<PaperModel> models;
  for (const auto& [scale, d] : {std::pair<std::string_view, int64_t>("354M", 1024), {"720M", 1536}}) {
    models.push_back(WithFfn(scale, "Base", d, {}));
    models.push_back(WithFfn(scale, "MoE", d, EightExpertsTwoActive(FfnKind::kMoe, d)));
    models.push_back(WithFfn(scale, "2-Loop", d, {.kind = FfnKind::kKLoop, .max_loops = 2}));
    models.push_back(WithFfn(scale, "4-Loop", d, {.kind = FfnKind::kKLoop, .max_loops = 4}));
    models.push_back(WithFfn(scale, "6-Loop", d, {.kind = FfnKind::kKLoop, .max_loops = 6}));
    FfnConfig versatile = EightExpertsTwoActive(FfnKind::kVersatile, d);
    versatile.max_loops = 4;
    models.push_back(WithFfn(scale, "VersatileFFN", d, versatile));
  }
  return models;
}

}  // namespace vffn
