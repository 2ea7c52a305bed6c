// GPT-NeoX (Pythia): LayerNorm, attention and FFN side by side, a part of each head rotated, FFN without
// gate.
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/gguf_families.h"
#include "model/weights/architectures/huggingface_config.h"
#include "model/weights/architectures/huggingface_rope.h"

namespace vffn {
namespace {

ModelConfig ReadGptNeoxConfig(const Fields& config) {
  ModelConfig model = ReadDecoderSizes(config, {.hidden_size = 6144,
                                                .intermediate_size = 24576,
                                                .num_hidden_layers = 44,
                                                .num_attention_heads = 64,
                                                .vocab_size = 50432,
                                                .norm_epsilon_key = "layer_norm_eps",
                                                .norm_epsilon = 1e-5,
                                                .activation = "gelu"});
  model.n_kv_heads = model.n_heads;  // a num_key_value_heads in config.json has no effect
  RequireUsualHeadSize(config, model);
  ReadRope(config,
           {.partial_rotary_factor = 0.25,
            .can_be_partial = true,
            .theta_key = "rotary_emb_base",
            .partial_key = "rotary_pct"},
           model);
  model.norm = NormKind::kLayer;
  model.norm_bias = true;
  model.residual = config.Get("use_parallel_residual", true) ? Residual::kParallel : Residual::kSequential;
  model.qkv_bias = model.attention_out_bias = config.Get("attention_bias", true);
  model.gated = false;
  model.ffn_bias = true;
  return model;
}

Recipe GptNeoxTensors() {
  const std::string layer = "gpt_neox.layers.{}.";
  Recipe recipe = {{"embedding.weight", {{"gpt_neox.embed_in.weight"}}},
                   {"head.weight", {{"lm_head.weight"}}}};
  for (const std::string kind : {"weight", "bias"}) {
    recipe["layers.{}.attention_norm." + kind] = {{layer + "input_layernorm." + kind}};
    recipe["layers.{}.qkv." + kind] = {
        {.name = layer + "attention.query_key_value." + kind, .order = RowOrder::kHeadGroups}};
    recipe["layers.{}.attention_out." + kind] = {{layer + "attention.dense." + kind}};
    recipe["layers.{}.ffn_norm." + kind] = {{layer + "post_attention_layernorm." + kind}};
    recipe["final_norm." + kind] = {{"gpt_neox.final_layer_norm." + kind}};
  }
  SetPlainFfn(layer + "mlp.dense_h_to_4h", layer + "mlp.dense_4h_to_h", recipe);
  return recipe;
}

}  // namespace

Architecture GptNeoxArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "GPTNeoXForCausalLM",
                                          .model_type = "gpt_neox",
                                          .tensors = GptNeoxTensors(),
                                          .variants = {{{"head.weight", {{"embed_out.weight"}}}}},
                                          .read_config = ReadGptNeoxConfig},
          .gguf = GgufFamily("gptneox")};
}

}  // namespace vffn
