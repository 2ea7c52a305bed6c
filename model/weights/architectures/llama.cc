// Llama: pre-norm with RMSNorm, SwiGLU, full rotary embeddings; optional biases.
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/gguf_families.h"
#include "model/weights/architectures/huggingface_config.h"
#include "model/weights/architectures/huggingface_rope.h"

namespace vffn {
namespace {

ModelConfig ReadLlamaConfig(const Fields& config) {
  ModelConfig model = ReadDecoderConfig(config, {});
  model.qkv_bias = model.attention_out_bias = config.Get("attention_bias", false);
  model.ffn_bias = config.Get("mlp_bias", false);
  return model;
}

std::string Misfit(const ModelConfig& model) {
  if (model.ffn.kind != FfnKind::kDense) {
    return "it has no FFN of kind " + std::string(NameOf(model.ffn.kind));
  }
  if (model.qkv_bias != model.attention_out_bias) {
    return "its attention_bias stands for both qkv_bias and attention_out_bias, of which the model has one";
  }
  if (model.rope_scaling.kind == RopeScalingKind::kFactors) {
    return "it has no rotary factors of single frequencies";
  }
  ModelConfig without_rope = model;
  without_rope.rope_scaling = {};
  const std::string other = Peculiarities(without_rope);
  return other.empty() ? "" : "it has no " + other;
}

OrderedJson WriteLlamaConfig(const ModelConfig& model) {
  OrderedJson config = {
      {"architectures", {"LlamaForCausalLM"}},
      {"model_type", "llama"},
      {"hidden_size", model.d_model},
      {"intermediate_size", model.ffn_hidden_size},
      {"num_hidden_layers", model.n_layers},
      {"num_attention_heads", model.n_heads},
      {"num_key_value_heads", model.n_kv_heads},
      {"head_dim", model.head_size},
      {"hidden_act", "silu"},
      {"attention_bias", model.qkv_bias},
      {"mlp_bias", model.ffn_bias},
      {"rms_norm_eps", model.norm_epsilon},
      {"rope_theta", model.rope_theta},
      {"max_position_embeddings", model.max_sequence_length},
      {"vocab_size", model.vocab_size},
      {"tie_word_embeddings", model.tied_head},
      {"bos_token_id", nullptr},  // special tokens are not known here
      {"eos_token_id", nullptr},
      {"torch_dtype", "float32"},
  };
  if (model.rope_scaling.kind != RopeScalingKind::kNone) {
    config["rope_scaling"] = WriteRopeScaling(model.rope_scaling);
  }
  return config;
}

}  // namespace

Architecture LlamaArchitecture() {
  return {
      .hugging_face = HuggingFaceForm{.class_name = "LlamaForCausalLM",
                                      .model_type = "llama",
                                      .tensors = HuggingFaceDecoderTensors(),
                                      .read_config = ReadLlamaConfig,
                                      .misfit = Misfit,
                                      .write_config = WriteLlamaConfig},
      .gguf = GgufFamily("llama"),
  };
}

}  // namespace vffn
