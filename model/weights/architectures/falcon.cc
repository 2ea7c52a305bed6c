// Falcon: LayerNorm, attention and FFN side by side, rotary positions, queries, keys and values in one
// tensor, FFN without gate.
#include "base/error.h"
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/huggingface_config.h"
#include "model/weights/architectures/huggingface_rope.h"

namespace vffn {
namespace {

/// With one norm for attention and FFN, or with one for each.
Residual FalconResidual(const Fields& config, bool new_architecture) {
  const bool parallel = config.Get("parallel_attn", true);
  VFFN_CHECK(parallel || !new_architecture, config.Where("parallel_attn"),
             " = false is not supported with new_decoder_architecture");
  const int64_t norms = config.Get<int64_t>("num_ln_in_parallel_attn", new_architecture ? 2 : 1);
  VFFN_CHECK(norms == 1 || (norms == 2 && new_architecture), config.Where("num_ln_in_parallel_attn"), " = ",
             norms, " is not supported, 1 is", new_architecture ? ", and 2" : "");
  return !parallel ? Residual::kSequential : norms == 2 ? Residual::kParallel : Residual::kParallelOneNorm;
}

ModelConfig ReadFalconConfig(const Fields& config) {
  RequireValue(config, "alibi", false);
  ModelConfig model = ReadDecoderSizes(config, {.hidden_size = 4544,
                                                .num_attention_heads = 71,
                                                .vocab_size = 65024,
                                                .norm_epsilon_key = "layer_norm_epsilon",
                                                .norm_epsilon = 1e-5,
                                                .activation_key = "activation",
                                                .activation = "gelu",
                                                .tie_word_embeddings = true});
  RequireUsualHeadSize(config, model);
  const bool new_architecture = config.Get("new_decoder_architecture", false);
  const bool one_head = !new_architecture && config.Get("multi_query", true);
  model.n_kv_heads = one_head ? 1 : config.Get("num_kv_heads", model.n_heads);
  model.ffn_hidden_size =
      config.Has("ffn_hidden_size") ? config.Integer("ffn_hidden_size", 1) : 4 * model.d_model;
  ReadRope(config, {}, model);
  model.norm = NormKind::kLayer;
  model.norm_bias = true;
  model.residual = FalconResidual(config, new_architecture);
  model.qkv_bias = model.attention_out_bias = model.ffn_bias = config.Get("bias", false);
  model.gated = false;
  return model;
}

Recipe FalconTensors() {
  const std::string layer = "transformer.h.{}.";
  Recipe recipe = {{"embedding.weight", {{"transformer.word_embeddings.weight"}}},
                   {"head.weight", {{"lm_head.weight"}}}};
  for (const std::string kind : {"weight", "bias"}) {
    recipe["layers.{}.attention_norm." + kind] = {{layer + "input_layernorm." + kind}};
    recipe["layers.{}.qkv." + kind] = {
        {.name = layer + "self_attention.query_key_value." + kind, .order = RowOrder::kHeadGroups}};
    recipe["layers.{}.attention_out." + kind] = {{layer + "self_attention.dense." + kind}};
    recipe["layers.{}.ffn_norm." + kind] = {{layer + "post_attention_layernorm." + kind}};
    recipe["final_norm." + kind] = {{"transformer.ln_f." + kind}};
  }
  SetPlainFfn(layer + "mlp.dense_h_to_4h", layer + "mlp.dense_4h_to_h", recipe);
  return recipe;
}

Recipe TwoFalconNorms() {
  Recipe recipe;
  for (const std::string kind : {"weight", "bias"}) {
    recipe["layers.{}.attention_norm." + kind] = {{"transformer.h.{}.ln_attn." + kind}};
    recipe["layers.{}.ffn_norm." + kind] = {{"transformer.h.{}.ln_mlp." + kind}};
  }
  return recipe;
}

}  // namespace

Architecture FalconArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "FalconForCausalLM",
                                          .model_type = "falcon",
                                          .tensors = FalconTensors(),
                                          .variants = {TwoFalconNorms()},
                                          .read_config = ReadFalconConfig}};
}

}  // namespace vffn
