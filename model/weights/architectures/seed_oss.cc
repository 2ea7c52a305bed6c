// Seed-OSS: Llama with biases of queries, keys and values.
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/huggingface_config.h"

namespace vffn {
namespace {

ModelConfig ReadSeedOssConfig(const Fields& config) {
  ModelConfig model = ReadDecoderConfig(config, {.intermediate_size = 27648,
                                                 .num_hidden_layers = 64,
                                                 .num_attention_heads = 80,
                                                 .num_key_value_heads = 8,
                                                 .head_dim = 128,
                                                 .vocab_size = 155136,
                                                 .max_position_embeddings = 524288});
  model.qkv_bias = config.Get("attention_bias", true);
  model.attention_out_bias = config.Get("attention_out_bias", false);
  model.ffn_bias = config.Get("mlp_bias", false);
  return model;
}

}  // namespace

Architecture SeedOssArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "SeedOssForCausalLM",
                                          .model_type = "seed_oss",
                                          .tensors = HuggingFaceDecoderTensors(),
                                          .read_config = ReadSeedOssConfig}};
}

}  // namespace vffn
