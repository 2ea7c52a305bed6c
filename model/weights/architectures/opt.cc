// OPT: LayerNorm, learned positions of which the first two rows are not used, biases, FFN without gate.
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/huggingface_config.h"

namespace vffn {
namespace {

ModelConfig ReadOptConfig(const Fields& config) {
  RequireValue(config, "do_layer_norm_before", true);
  RequireValue(config, "_remove_final_layer_norm", false);
  HuggingFaceDefaults defaults = {.hidden_size = 768,
                                  .num_hidden_layers = 12,
                                  .num_attention_heads = 12,
                                  .vocab_size = 50272,
                                  .norm_epsilon = 1e-5,
                                  .activation_key = "activation_function",
                                  .activation = "relu",
                                  .tie_word_embeddings = true};
  ModelConfig model = ReadDecoderSizes(config, defaults);
  model.n_kv_heads = model.n_heads;
  RequireUsualHeadSize(config, model);
  RequireValue(config, "word_embed_proj_dim", model.d_model);
  model.ffn_hidden_size = config.Has("ffn_dim") ? config.Integer("ffn_dim", 1) : 3072;
  model.norm_epsilon = 1e-5;  // not in config.json
  model.norm = NormKind::kLayer;
  model.norm_weight = model.norm_bias = config.Get("layer_norm_elementwise_affine", true);
  model.positions = Positions::kLearned;
  model.qkv_bias = model.attention_out_bias = model.ffn_bias = config.Get("enable_bias", true);
  model.gated = false;
  return model;
}

Recipe OptTensors() {
  const std::string layer = "model.decoder.layers.{}.";
  const std::string attention = layer + "self_attn.";
  Recipe recipe = {
      {"embedding.weight", {{"model.decoder.embed_tokens.weight"}}},
      {"position_embedding.weight", {{.name = "model.decoder.embed_positions.weight", .skipped_rows = 2}}},
      {"head.weight", {{"lm_head.weight"}}}};
  for (const std::string kind : {"weight", "bias"}) {
    recipe["layers.{}.attention_norm." + kind] = {{layer + "self_attn_layer_norm." + kind}};
    recipe["layers.{}.qkv." + kind] = {
        {attention + "q_proj." + kind}, {attention + "k_proj." + kind}, {attention + "v_proj." + kind}};
    recipe["layers.{}.attention_out." + kind] = {{attention + "out_proj." + kind}};
    recipe["layers.{}.ffn_norm." + kind] = {{layer + "final_layer_norm." + kind}};
    recipe["final_norm." + kind] = {{"model.decoder.final_layer_norm." + kind}};
  }
  SetPlainFfn(layer + "fc1", layer + "fc2", recipe);
  return recipe;
}

}  // namespace

Architecture OptArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "OPTForCausalLM",
                                          .model_type = "opt",
                                          .tensors = OptTensors(),
                                          .read_config = ReadOptConfig}};
}

}  // namespace vffn
