// Granite: Llama with multipliers of embedding, attention, residual connections and logits. GraniteMoe: with
// routed experts in the place of the FFN.
#include "base/error.h"
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/gguf_families.h"
#include "model/weights/architectures/huggingface_config.h"

namespace vffn {
namespace {

ModelConfig ReadGraniteBase(const Fields& config) {
  ModelConfig model = ReadDecoderConfig(config, {});
  model.qkv_bias = model.attention_out_bias = config.Get("attention_bias", false);
  model.embedding_multiplier = config.Get("embedding_multiplier", 1.0);
  model.residual_multiplier = config.Get("residual_multiplier", 1.0);
  model.attention_scale = config.Get("attention_multiplier", 1.0);
  const double scaling = config.Get("logits_scaling", 1.0);
  VFFN_CHECK(scaling > 0, config.Where("logits_scaling"), " is ", scaling, ", should be positive");
  model.logit_multiplier = 1 / scaling;
  return model;
}

ModelConfig ReadGraniteConfig(const Fields& config) {
  ModelConfig model = ReadGraniteBase(config);
  model.ffn_bias = config.Get("mlp_bias", false);
  return model;
}

ModelConfig ReadGraniteMoeConfig(const Fields& config) {
  ModelConfig model = ReadGraniteBase(config);
  ReadExperts(
      config,
      {.count = {"num_local_experts"}, .default_count = 8, .default_top_k = 2, .default_hidden_size = 11008},
      model);
  return model;
}

Recipe GraniteMoeTensors() {
  const std::string block = HuggingFaceLayer("block_sparse_moe.");
  Recipe recipe = HuggingFaceDecoderTensors();
  recipe["layers.{}.router.weight"] = {{block + "router.layer.weight"}};
  recipe.merge(StackedExperts(block + "input_linear.weight", block + "output_linear.weight"));
  return recipe;
}

}  // namespace

Architecture GraniteArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "GraniteForCausalLM",
                                          .model_type = "granite",
                                          .tensors = HuggingFaceDecoderTensors(),
                                          .read_config = ReadGraniteConfig},
          .gguf = GgufFamily("granite")};
}

Architecture GraniteMoeArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "GraniteMoeForCausalLM",
                                          .model_type = "granitemoe",
                                          .tensors = GraniteMoeTensors(),
                                          .read_config = ReadGraniteMoeConfig},
          .gguf = GgufFamily("granitemoe")};
}

}  // namespace vffn
