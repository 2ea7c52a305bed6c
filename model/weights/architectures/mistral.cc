// Mistral: Llama with a window. Mixtral: Mistral with routed experts in the place of the FFN.
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/huggingface_config.h"

namespace vffn {
namespace {

constexpr HuggingFaceDefaults kMistralDefaults = {
    .intermediate_size = 14336, .num_key_value_heads = 8, .max_position_embeddings = 131072};

ModelConfig ReadMistralConfig(const Fields& config) {
  ModelConfig model = ReadDecoderConfig(config, kMistralDefaults);
  ReadWindow(config, 4096, model);
  return model;
}

ModelConfig ReadMixtralConfig(const Fields& config) {
  HuggingFaceDefaults defaults = kMistralDefaults;
  defaults.norm_epsilon = 1e-5;
  defaults.rope_theta = 1e6;
  ModelConfig model = ReadDecoderConfig(config, defaults);
  ReadWindow(config, std::nullopt, model);
  ReadExperts(config,
              {.count = {"num_local_experts", "num_experts"},
               .default_count = 8,
               .default_top_k = 2,
               .default_hidden_size = defaults.intermediate_size},
              model);
  return model;
}

/// Of the experts in the block of that name, "block_sparse_moe" or, inside transformers 5, "mlp".
Recipe StackedMixtralExperts(const std::string& block) {
  const std::string prefix = HuggingFaceLayer(block);
  Recipe recipe = StackedExperts(prefix + ".experts.gate_up_proj", prefix + ".experts.down_proj");
  recipe["layers.{}.router.weight"] = {{prefix + ".gate.weight"}};
  return recipe;
}

Recipe MixtralTensors() {
  const std::string block = HuggingFaceLayer("block_sparse_moe.");
  const std::string expert = block + "experts.{e}.";
  Recipe recipe = HuggingFaceDecoderTensors();
  recipe["layers.{}.router.weight"] = {{block + "gate.weight"}};
  AddExperts(expert + "w3", expert + "w1", expert + "w2", recipe);
  return recipe;
}

}  // namespace

Architecture MistralArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "MistralForCausalLM",
                                          .model_type = "mistral",
                                          .tensors = HuggingFaceDecoderTensors(),
                                          .read_config = ReadMistralConfig},
          .shared_gguf = "llama"};
}

Architecture MixtralArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "MixtralForCausalLM",
                                          .model_type = "mixtral",
                                          .tensors = MixtralTensors(),
                                          .variants = {StackedMixtralExperts("block_sparse_moe"),
                                                       StackedMixtralExperts("mlp")},
                                          .read_config = ReadMixtralConfig},
          .shared_gguf = "llama"};
}

}  // namespace vffn
