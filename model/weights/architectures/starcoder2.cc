// StarCoder2: LayerNorm, rotary positions, biases everywhere, FFN without gate, perhaps a window.
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/gguf_families.h"
#include "model/weights/architectures/huggingface_config.h"

namespace vffn {
namespace {

ModelConfig ReadStarcoder2Config(const Fields& config) {
  ModelConfig model = ReadDecoderConfig(config, {.hidden_size = 3072,
                                                 .intermediate_size = 12288,
                                                 .num_hidden_layers = 30,
                                                 .num_attention_heads = 24,
                                                 .num_key_value_heads = 2,
                                                 .vocab_size = 49152,
                                                 .max_position_embeddings = 4096,
                                                 .norm_epsilon_key = "norm_epsilon",
                                                 .norm_epsilon = 1e-5,
                                                 .activation = "gelu_pytorch_tanh",
                                                 .tie_word_embeddings = true});
  ReadWindow(config, std::nullopt, model);
  model.norm = NormKind::kLayer;
  model.norm_bias = true;
  model.qkv_bias = model.attention_out_bias = model.ffn_bias = config.Get("use_bias", true);
  model.gated = false;
  return model;
}

Recipe Starcoder2Tensors() {
  const std::string ffn = HuggingFaceLayer("mlp.");
  Recipe recipe = HuggingFaceDecoderTensors();
  SetPlainFfn(ffn + "c_fc", ffn + "c_proj", recipe);
  return recipe;
}

}  // namespace

Architecture Starcoder2Architecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "Starcoder2ForCausalLM",
                                          .model_type = "starcoder2",
                                          .tensors = Starcoder2Tensors(),
                                          .read_config = ReadStarcoder2Config},
          .gguf = GgufFamily("starcoder2")};
}

}  // namespace vffn
