// StableLM: Llama with LayerNorm and a part of each head rotated; attention and FFN may be side by side.
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/gguf_families.h"
#include "model/weights/architectures/huggingface_config.h"

namespace vffn {
namespace {

ModelConfig ReadStablelmConfig(const Fields& config) {
  ModelConfig model = ReadDecoderConfig(config, {.hidden_size = 2560,
                                                 .intermediate_size = 6912,
                                                 .num_key_value_heads = 32,
                                                 .vocab_size = 50304,
                                                 .max_position_embeddings = 4096,
                                                 .norm_epsilon_key = "layer_norm_eps",
                                                 .norm_epsilon = 1e-5,
                                                 .partial_rotary_factor = 0.25});
  RequireUsualHeadSize(config, model);
  model.norm = NormKind::kLayer;
  model.norm_bias = true;
  model.residual =
      config.Get("use_parallel_residual", false) ? Residual::kParallelOneNorm : Residual::kSequential;
  model.qkv_bias = config.Get("use_qkv_bias", false);
  model.qk_norm = config.Get("qk_layernorm", false) ? QkNorm::kHeads : QkNorm::kNone;
  return model;
}

Recipe StablelmTensors() {
  const std::string attention = HuggingFaceLayer("self_attn.");
  Recipe recipe = HuggingFaceDecoderTensors();
  recipe["layers.{}.q_norm.weight"] = {{attention + "q_layernorm.norms.{h}.weight"}};
  recipe["layers.{}.k_norm.weight"] = {{attention + "k_layernorm.norms.{h}.weight"}};
  return recipe;
}

}  // namespace

Architecture StablelmArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "StableLmForCausalLM",
                                          .model_type = "stablelm",
                                          .tensors = StablelmTensors(),
                                          .read_config = ReadStablelmConfig},
          .gguf = GgufFamily("stablelm")};
}

}  // namespace vffn
