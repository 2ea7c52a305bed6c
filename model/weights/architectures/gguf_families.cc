// What llama.cpp's source (src/models) knows of each architecture and its files do not say. Where llama.cpp
// computes something else than the model was trained with, we follow the model: GPT-NeoX's GELU is the one of
// the error function, and Phi-3 has its window.
#include "model/weights/architectures/gguf_families.h"

#include <cmath>
#include <map>
#include <string>

#include "base/error.h"

namespace vffn {
namespace {

/// The layer counts by which llama.cpp tells the models of 27 billion parameters.
constexpr int64_t kGemma2Layers27B = 46;
constexpr int64_t kGemma3Layers27B = 62;
constexpr int64_t kWindowOfGemma2 = 4096;  // where the file gives none

/// Gemma's embedding is multiplied by sqrt(d).
void FinishGemma(ModelConfig& model) {
  model.embedding_multiplier = std::sqrt(static_cast<double>(model.d_model));
}

/// Queries of the largest models are scaled as if heads had d / n_heads dimensions.
void ScaleQueries27B(int64_t layers, ModelConfig& model) {
  if (model.n_layers == layers) {
    model.attention_scale = 1.0 / std::sqrt(static_cast<double>(model.d_model / model.n_heads));
  }
}

void FinishGemma2(ModelConfig& model) {
  FinishGemma(model);
  ScaleQueries27B(kGemma2Layers27B, model);
  model.attention_softcap = model.attention_softcap.value_or(50.0);
  model.logit_softcap = model.logit_softcap.value_or(30.0);
}

void FinishGemma3(ModelConfig& model) {
  FinishGemma(model);
  ScaleQueries27B(kGemma3Layers27B, model);
}

/// Every fourth layer has no rotary positions.
void FinishSmolLm3(ModelConfig& model) {
  constexpr int64_t kInterval = 4;
  for (int64_t layer = kInterval - 1; layer < model.n_layers; layer += kInterval) {
    model.no_rope_layers.push_back(layer);
  }
}

/// Layers with the window have no scaling: their base is always given.
void FinishOlmo2(ModelConfig& model) {
  if (model.window > 0) {
    model.window_rope_theta = model.window_rope_theta.value_or(model.rope_theta);
  }
}

/// Layers without the window have no rotary positions.
void FinishCohere2(ModelConfig& model) { model.no_rope_layers = model.full_attention_layers; }

const ModelConfig kWithHeadNorms = {.qk_norm = QkNorm::kHead};
const ModelConfig kLayerNorms = {.norm = NormKind::kLayer};
const ModelConfig kPlainGelu = {.norm = NormKind::kLayer, .activation = Activation::kGelu, .gated = false};
const ModelConfig kPlainGeluTanh = {
    .norm = NormKind::kLayer, .activation = Activation::kGeluTanh, .gated = false};
const ModelConfig kGpt2 = {.norm = NormKind::kLayer,
                           .positions = Positions::kLearned,
                           .activation = Activation::kGeluTanh,
                           .gated = false};
const ModelConfig kPhi2 = {.norm = NormKind::kLayer,
                           .residual = Residual::kParallelOneNorm,
                           .activation = Activation::kGeluTanh,
                           .gated = false};
const ModelConfig kCommandR = {
    .norm = NormKind::kLayer, .residual = Residual::kParallelOneNorm, .qk_norm = QkNorm::kHeads};
const ModelConfig kCohere2 = {.norm = NormKind::kLayer, .residual = Residual::kParallelOneNorm};
const ModelConfig kStableLm = {.norm = NormKind::kLayer, .qk_norm = QkNorm::kHeads};
const ModelConfig kOlmo2 = {.norm_placement = NormPlacement::kAfter, .qk_norm = QkNorm::kWhole};
const ModelConfig kOlmoe = {.qk_norm = QkNorm::kWhole, .ffn = {.norm_topk_prob = false}};
const ModelConfig kQwen2Moe = {.ffn = {.norm_topk_prob = false}};
const ModelConfig kGemma = {.activation = Activation::kGeluTanh};
const ModelConfig kGemma2 = {
    .norm_placement = NormPlacement::kAround, .window = kWindowOfGemma2, .activation = Activation::kGeluTanh};
const ModelConfig kGemma3 = {.norm_placement = NormPlacement::kAround,
                             .qk_norm = QkNorm::kHead,
                             .window_rope_theta = 10000.0,
                             .activation = Activation::kGeluTanh};

const std::map<std::string_view, GgufTraits>& Families() {
  // llama.cpp rotates neighbours in some families: their files have the rows of q and k in that order.
  constexpr RowOrder kNeighbours = RowOrder::kInterleaved;
  static const std::map<std::string_view, GgufTraits> families = {
      {"llama", {.rotary_order = kNeighbours}},
      {"granite", {.rotary_order = kNeighbours, .divides_logits = true}},
      {"granitemoe", {.rotary_order = kNeighbours, .divides_logits = true}},
      {"smollm3", {.rotary_order = kNeighbours, .finish = FinishSmolLm3}},
      {"olmo", {.arithmetic = kLayerNorms, .rotary_order = kNeighbours}},
      {"command-r", {.arithmetic = kCommandR, .rotary_order = kNeighbours}},
      {"cohere2",
       {.arithmetic = kCohere2,
        .rotary_order = kNeighbours,
        .full_attention_interval = 4,
        .finish = FinishCohere2}},
      {"qwen2", {}},
      {"qwen2moe", {.arithmetic = kQwen2Moe}},
      {"qwen3", {.arithmetic = kWithHeadNorms}},
      {"qwen3moe", {.arithmetic = kWithHeadNorms}},
      {"olmo2", {.arithmetic = kOlmo2, .full_attention_interval = 4, .finish = FinishOlmo2}},
      {"olmoe", {.arithmetic = kOlmoe}},
      {"gptneox", {.arithmetic = kPlainGelu, .parallel_residual = Residual::kParallel}},
      {"gpt2", {.arithmetic = kGpt2}},
      {"phi2", {.arithmetic = kPhi2}},
      {"phi3", {}},
      {"stablelm", {.arithmetic = kStableLm, .parallel_residual = Residual::kParallel}},
      {"starcoder2", {.arithmetic = kPlainGeluTanh}},
      {"gemma", {.arithmetic = kGemma, .finish = FinishGemma}},
      {"gemma2", {.arithmetic = kGemma2, .full_attention_interval = 2, .finish = FinishGemma2}},
      {"gemma3", {.arithmetic = kGemma3, .full_attention_interval = 6, .finish = FinishGemma3}},
  };
  return families;
}

}  // namespace

GgufForm GgufFamily(std::string_view name) {
  const auto found = Families().find(name);
  VFFN_CHECK(found != Families().end(), "no GGUF architecture is called ", name);
  return {.name = std::string(name), .traits = found->second};
}

}  // namespace vffn
