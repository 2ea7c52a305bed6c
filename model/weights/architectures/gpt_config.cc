#include "model/weights/architectures/gpt_config.h"

#include "base/json.h"
#include "model/weights/architectures/huggingface_config.h"

namespace vffn {
namespace {

/// The integer of one of two names of a key; the general one counts if both are there, as in transformers.
int64_t Either(const Fields& config, std::string_view general, std::string_view own, int64_t otherwise) {
  const std::string_view key = config.Has(general) ? general : own;
  return config.Has(key) ? config.Integer(key, 1) : otherwise;
}

}  // namespace

ModelConfig ReadGptConfig(const Fields& config, const GptDefaults& defaults) {
  RequireValue(config, "is_encoder_decoder", false);
  RequireValue(config, "add_cross_attention", false);
  const GptKeys& names = defaults.own_names;
  ModelConfig model;
  model.d_model = Either(config, "hidden_size", names.n_embd, defaults.n_embd);
  model.n_layers = Either(config, "num_hidden_layers", names.n_layer, defaults.n_layer);
  model.n_heads = Either(config, "num_attention_heads", names.n_head, defaults.n_head);
  model.n_kv_heads = model.n_heads;
  model.head_size = model.d_model / model.n_heads;
  model.ffn_hidden_size = config.Has(names.n_inner) ? config.Integer(names.n_inner, 1) : 4 * model.d_model;
  model.vocab_size = config.Get("vocab_size", defaults.vocab_size);
  model.max_sequence_length =
      Either(config, "max_position_embeddings", names.n_positions, defaults.n_positions);
  model.norm_epsilon = config.Get("layer_norm_epsilon", 1e-5);
  model.tied_head = config.Get("tie_word_embeddings", defaults.tied);
  model.norm = NormKind::kLayer;
  model.norm_bias = true;
  model.ffn_bias = true;
  model.gated = false;
  model.activation = ActivationOf(config, "activation_function", defaults.activation);
  return model;
}

}  // namespace vffn
