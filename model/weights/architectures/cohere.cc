// Cohere (Command R): LayerNorm without bias, attention and FFN side by side with one norm, neighbouring
// rotary pairs, logits multiplied. Cohere 2: a window in three of four layers, no positions in the others.
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/gguf_families.h"
#include "model/weights/architectures/huggingface_config.h"

namespace vffn {
namespace {

ModelConfig ReadCohereBase(const Fields& config, double rope_theta) {
  ModelConfig model = ReadDecoderConfig(config, {.hidden_size = 8192,
                                                 .intermediate_size = 22528,
                                                 .num_hidden_layers = 40,
                                                 .num_attention_heads = 64,
                                                 .vocab_size = 256000,
                                                 .max_position_embeddings = 8192,
                                                 .norm_epsilon_key = "layer_norm_eps",
                                                 .norm_epsilon = 1e-5,
                                                 .rope_theta = rope_theta,
                                                 .tie_word_embeddings = true});
  model.norm = NormKind::kLayer;
  model.residual = Residual::kParallelOneNorm;
  model.qkv_bias = model.attention_out_bias = config.Get("attention_bias", false);
  model.logit_multiplier = config.Get("logit_scale", 0.0625);
  return model;
}

ModelConfig ReadCohereConfig(const Fields& config) {
  ModelConfig model = ReadCohereBase(config, 500000);
  model.qk_norm = config.Get("use_qk_norm", false) ? QkNorm::kHeads : QkNorm::kNone;
  return model;
}

ModelConfig ReadCohere2Config(const Fields& config) {
  ModelConfig model = ReadCohereBase(config, 10000);
  const int64_t pattern =
      config.Has("sliding_window_pattern") ? config.Integer("sliding_window_pattern", 1) : 4;
  ReadLayerTypes(
      config, IntegerOrNull(config, "sliding_window", 4096),
      [&](int64_t layer) { return (layer + 1) % pattern != 0; }, model);
  for (int64_t layer = 0; layer < model.n_layers; ++layer) {
    if (!model.HasWindow(layer)) {
      model.no_rope_layers.push_back(layer);
    }
  }
  return model;
}

Recipe CohereTensors() {
  const std::string attention = HuggingFaceLayer("self_attn.");
  Recipe recipe = HuggingFaceDecoderTensors();
  for (const char* parameter : {"layers.{}.qkv.weight", "layers.{}.qkv.bias"}) {
    for (size_t i = 0; i < 2; ++i) {  // queries and keys
      recipe.at(parameter)[i].order = RowOrder::kInterleaved;
    }
  }
  for (const char* name : {"q_norm", "k_norm"}) {
    recipe["layers.{}." + std::string(name) + ".weight"] = {
        {.name = attention + name + ".weight", .order = RowOrder::kInterleaved}};
  }
  return recipe;
}

}  // namespace

Architecture CohereArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "CohereForCausalLM",
                                          .model_type = "cohere",
                                          .tensors = CohereTensors(),
                                          .read_config = ReadCohereConfig},
          .gguf = GgufFamily("command-r")};
}

Architecture Cohere2Architecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "Cohere2ForCausalLM",
                                          .model_type = "cohere2",
                                          .tensors = CohereTensors(),
                                          .read_config = ReadCohere2Config},
          .gguf = GgufFamily("cohere2")};
}

}  // namespace vffn
