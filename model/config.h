// The architecture of a model, independent of the format of its checkpoint.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_fwd.h"
#include "model/ffn/ffn_config.h"

namespace vffn {

/// A pre-norm decoder: x += attention(norm(x)); x = ffn(x), residual included; logits = head(norm(x)).
struct ModelConfig {
  int64_t d_model = 0;
  int64_t n_layers = 0;
  int64_t n_heads = 0;
  int64_t n_kv_heads = 0;  ///< divides n_heads (grouped-query attention)
  int64_t head_size = 0;
  int64_t ffn_hidden_size = 0;  ///< F: hidden units of the SwiGLU FFN
  int64_t vocab_size = 0;       ///< rows of the embedding and of the head, padding rows included (V)
  int64_t max_sequence_length = 0;
  double rope_theta = 10000.0;
  double norm_epsilon = 1e-5;  ///< RMSNorm
  bool tied_head = false;      ///< the head is the embedding
  bool qkv_bias = false;       ///< queries, keys and values have biases
  bool attention_out_bias = false;
  bool ffn_bias = false;  ///< both linear layers of the FFN have biases (dense, k_loop)
  FfnConfig ffn;

  /// Calls visit(name, field) for every field that the model's kind of FFN uses. JSON, printing and options
  /// follow from this list.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("d_model", self.d_model);
    visit("n_layers", self.n_layers);
    visit("n_heads", self.n_heads);
    visit("n_kv_heads", self.n_kv_heads);
    visit("head_size", self.head_size);
    visit("ffn_hidden_size", self.ffn_hidden_size);
    visit("vocab_size", self.vocab_size);
    visit("max_sequence_length", self.max_sequence_length);
    visit("rope_theta", self.rope_theta);
    visit("norm_epsilon", self.norm_epsilon);
    visit("tied_head", self.tied_head);
    visit("qkv_bias", self.qkv_bias);
    visit("attention_out_bias", self.attention_out_bias);
    visit("ffn_bias", self.ffn_bias);
    FfnConfig::Visit(self.ffn, visit);
  }

  bool operator==(const ModelConfig&) const = default;
};

/// One flat object. Fields that the kind of FFN does not use are left out, so are biases that are false;
/// unset fields are null.
OrderedJson ToJson(const ModelConfig& config);

/// The FFN's fields alone.
OrderedJson ToJson(const FfnConfig& config);

/// The inverse of ToJson. Fields that have a default may be absent. Throws Error, beginning with `origin` and
/// naming the field, if another one is absent, a value has the wrong type, or a field is unknown. Does not
/// Validate.
ModelConfig ParseModelConfig(const Json& json, const std::string& origin);

/// Sets FFN options from "name=value,name=value", the form of --model_args: top_k, the readings (gate,
/// expert_slices, expected_loops, loop_mixture, tau) and the probes (branches, lambda, loops, shuffle_loops,
/// sample_loops).
/// Throws Error on a value that cannot be read and on an option that the model's kind of FFN does not have.
void ApplyModelArgs(std::string_view model_args, ModelConfig& config);

/// Sets the FFN field of that name from its text ("2", "paper"). Returns false if the model's kind of FFN has
/// no such field. Throws Error, beginning with `origin`, if the text is not a value of the field.
bool SetFfnField(std::string_view name, const std::string& text, const std::string& origin, FfnConfig& ffn);

/// Throws Error, beginning with `origin` and naming the field, if a size is not positive, is absurdly large,
/// or contradicts another field.
void Validate(const ModelConfig& config, const std::string& origin);

}  // namespace vffn
