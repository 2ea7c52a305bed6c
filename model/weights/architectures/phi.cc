// Phi: LayerNorm, attention and FFN side by side with one norm, biases everywhere, FFN without gate. Phi-3:
// Llama with joined projections.
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/gguf_families.h"
#include "model/weights/architectures/huggingface_config.h"
#include "model/weights/architectures/huggingface_rope.h"

namespace vffn {
namespace {

ModelConfig ReadPhiConfig(const Fields& config) {
  ModelConfig model = ReadDecoderConfig(config, {.hidden_size = 2048,
                                                 .intermediate_size = 8192,
                                                 .num_hidden_layers = 24,
                                                 .vocab_size = 51200,
                                                 .norm_epsilon_key = "layer_norm_eps",
                                                 .norm_epsilon = 1e-5,
                                                 .activation = "gelu_new",
                                                 .partial_rotary_factor = 0.5});
  model.norm = NormKind::kLayer;
  model.norm_bias = true;
  model.residual = Residual::kParallelOneNorm;
  model.qkv_bias = model.attention_out_bias = model.ffn_bias = model.head_bias = true;
  model.gated = false;
  if (config.Get("qk_layernorm", false)) {
    RequireUsualHeadSize(config, model);
    model.qk_norm = QkNorm::kHead;
    model.qk_norm_bias = true;
  }
  return model;
}

ModelConfig ReadPhi3Config(const Fields& config) {
  ModelConfig model = ReadDecoderSizes(config, {.hidden_size = 3072,
                                                .intermediate_size = 8192,
                                                .vocab_size = 32064,
                                                .max_position_embeddings = 4096,
                                                .norm_epsilon = 1e-5});
  ReadRope(config, {.can_be_partial = true, .original_max_position_embeddings = 4096, .all_longrope = true},
           model);
  ReadWindow(config, std::nullopt, model);
  return model;
}

Recipe PhiTensors() {
  const std::string layer = HuggingFaceLayer("");
  Recipe recipe = HuggingFaceDecoderTensors();
  for (const std::string kind : {"weight", "bias"}) {
    recipe["layers.{}.q_norm." + kind] = {{layer + "self_attn.q_layernorm." + kind}};
    recipe["layers.{}.k_norm." + kind] = {{layer + "self_attn.k_layernorm." + kind}};
    recipe["layers.{}.attention_out." + kind] = {{layer + "self_attn.dense." + kind}};
    recipe["final_norm." + kind] = {{"model.final_layernorm." + kind}};
  }
  SetPlainFfn(layer + "mlp.fc1", layer + "mlp.fc2", recipe);
  return recipe;
}

Recipe Phi3Tensors() {
  const std::string layer = HuggingFaceLayer("");
  Recipe recipe = HuggingFaceDecoderTensors();
  recipe["layers.{}.qkv.weight"] = {{layer + "self_attn.qkv_proj.weight"}};
  recipe["layers.{}.ffn_in.weight"] = {
      {.name = layer + "mlp.gate_up_proj.weight", .order = RowOrder::kGateFirst}};
  return recipe;
}

}  // namespace

Architecture PhiArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "PhiForCausalLM",
                                          .model_type = "phi",
                                          .tensors = PhiTensors(),
                                          .read_config = ReadPhiConfig},
          .gguf = GgufFamily("phi2")};
}

Architecture Phi3Architecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "Phi3ForCausalLM",
                                          .model_type = "phi3",
                                          .tensors = Phi3Tensors(),
                                          .read_config = ReadPhi3Config},
          .gguf = GgufFamily("phi3")};
}

}  // namespace vffn
