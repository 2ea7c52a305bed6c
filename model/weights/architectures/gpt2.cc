// GPT-2: LayerNorm, learned positions, FFN without gate; weights are stored as [in, out]. GPT-J: attention
// and FFN side by side, rotary positions with neighbouring pairs in the first dimensions of a head.
#include <algorithm>

#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/gguf_families.h"
#include "model/weights/architectures/huggingface_config.h"

namespace vffn {
namespace {

/// The integer of one of two names of a key; the general one counts if both are there, as in transformers.
int64_t Either(const Fields& config, std::string_view general, std::string_view own, int64_t otherwise) {
  const std::string_view key = config.Has(general) ? general : own;
  return config.Has(key) ? config.Integer(key, 1) : otherwise;
}

struct GptDefaults {
  int64_t vocab_size = 50257;
  int64_t n_positions = 1024;
  int64_t n_embd = 768;
  int64_t n_layer = 12;
  int64_t n_head = 12;
  bool tied = true;
};

/// What GPT-2 and GPT-J have in common.
ModelConfig ReadGptConfig(const Fields& config, const GptDefaults& defaults) {
  RequireValue(config, "is_encoder_decoder", false);
  RequireValue(config, "add_cross_attention", false);
  ModelConfig model;
  model.d_model = Either(config, "hidden_size", "n_embd", defaults.n_embd);
  model.n_layers = Either(config, "num_hidden_layers", "n_layer", defaults.n_layer);
  model.n_heads = Either(config, "num_attention_heads", "n_head", defaults.n_head);
  model.n_kv_heads = model.n_heads;
  model.head_size = model.d_model / model.n_heads;
  model.ffn_hidden_size = config.Has("n_inner") ? config.Integer("n_inner", 1) : 4 * model.d_model;
  model.vocab_size = config.Get("vocab_size", defaults.vocab_size);
  model.max_sequence_length = Either(config, "max_position_embeddings", "n_positions", defaults.n_positions);
  model.norm_epsilon = config.Get("layer_norm_epsilon", 1e-5);
  model.tied_head = config.Get("tie_word_embeddings", defaults.tied);
  model.norm = NormKind::kLayer;
  model.norm_bias = true;
  model.ffn_bias = true;
  model.gated = false;
  model.activation = ActivationOf(config, "activation_function", "gelu_new");
  return model;
}

ModelConfig ReadGpt2Config(const Fields& config) {
  ModelConfig model = ReadGptConfig(config, {});
  RequireValue(config, "scale_attn_by_inverse_layer_idx", false);
  model.positions = Positions::kLearned;
  model.qkv_bias = model.attention_out_bias = true;
  if (!config.Get("scale_attn_weights", true)) {
    model.attention_scale = 1.0;
  }
  return model;
}

ModelConfig ReadGptjConfig(const Fields& config) {
  ModelConfig model = ReadGptConfig(
      config,
      {.vocab_size = 50400, .n_positions = 2048, .n_embd = 4096, .n_layer = 28, .n_head = 16, .tied = false});
  const int64_t rotary = config.Get<int64_t>("rotary_dim", 64);
  model.rotary_size = rotary == model.head_size ? 0 : rotary;
  model.residual = Residual::kParallelOneNorm;
  model.head_bias = true;
  return model;
}

Recipe Gpt2Tensors() {
  const std::string layer = "transformer.h.{}.";
  Recipe recipe = {{"embedding.weight", {{"transformer.wte.weight"}}},
                   {"position_embedding.weight", {{"transformer.wpe.weight"}}},
                   {"head.weight", {{"lm_head.weight"}}}};
  for (const std::string kind : {"weight", "bias"}) {
    const auto linear = [&](const std::string& name) {
      return std::vector<Source>{{.name = layer + name + "." + kind, .transposed = kind == "weight"}};
    };
    recipe["layers.{}.attention_norm." + kind] = {{layer + "ln_1." + kind}};
    recipe["layers.{}.qkv." + kind] = linear("attn.c_attn");
    recipe["layers.{}.attention_out." + kind] = linear("attn.c_proj");
    recipe["layers.{}.ffn_norm." + kind] = {{layer + "ln_2." + kind}};
    recipe["layers.{}.ffn_in." + kind] = linear("mlp.c_fc");
    recipe["layers.{}.ffn_out." + kind] = linear("mlp.c_proj");
    recipe["final_norm." + kind] = {{"transformer.ln_f." + kind}};
  }
  return recipe;
}

Recipe GptjTensors() {
  const std::string layer = "transformer.h.{}.";
  const std::string attention = layer + "attn.";
  Recipe recipe = {
      {"embedding.weight", {{"transformer.wte.weight"}}},
      {"layers.{}.qkv.weight",
       {{attention + "q_proj.weight", SourceRows::kQuery, RowOrder::kInterleaved},
        {attention + "k_proj.weight", SourceRows::kKeyValue, RowOrder::kInterleaved},
        {attention + "v_proj.weight", SourceRows::kKeyValue}}},
      {"layers.{}.attention_out.weight", {{attention + "out_proj.weight"}}},
  };
  for (const std::string kind : {"weight", "bias"}) {
    recipe["layers.{}.attention_norm." + kind] = {{layer + "ln_1." + kind}};
    recipe["final_norm." + kind] = {{"transformer.ln_f." + kind}};
    recipe["head." + kind] = {{"lm_head." + kind}};
  }
  SetPlainFfn(layer + "mlp.fc_in", layer + "mlp.fc_out", recipe);
  return recipe;
}

}  // namespace

Architecture Gpt2Architecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "GPT2LMHeadModel",
                                          .model_type = "gpt2",
                                          .tensors = Gpt2Tensors(),
                                          .read_config = ReadGpt2Config},
          .gguf = GgufFamily("gpt2")};
}

Architecture GptjArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "GPTJForCausalLM",
                                          .model_type = "gptj",
                                          .tensors = GptjTensors(),
                                          .read_config = ReadGptjConfig}};
}

}  // namespace vffn
