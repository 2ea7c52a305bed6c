// The architecture of a model, independent of the format of its checkpoint.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "model/decoder_options.h"
#include "model/ffn/ffn_config.h"

namespace vffn {

/// A decoder. By default x += attention(norm(x)); x = ffn(x), residual included; logits = head(norm(x)), with
/// RMSNorm, rotary positions and a SwiGLU: Llama. Families differ in the fields below the sizes.
struct ModelConfig {
  int64_t d_model = 0;
  int64_t n_layers = 0;
  int64_t n_heads = 0;
  int64_t n_kv_heads = 0;  ///< divides n_heads (grouped-query attention)
  int64_t head_size = 0;
  /// F: hidden units of the FFN; of "sparse_moe": of the shared expert, 0 if there is none
  int64_t ffn_hidden_size = 0;
  int64_t vocab_size = 0;  ///< rows of the embedding and of the head, padding rows included (V)
  int64_t max_sequence_length = 0;
  double rope_theta = 10000.0;
  double norm_epsilon = 1e-5;
  bool tied_head = false;  ///< the head's weight is the embedding

  // Norms and residual connections.
  NormKind norm = NormKind::kRms;
  bool norm_weight = true;  ///< norms have a learned scale (those of queries and keys: qk_norm_weight)
  bool norm_bias = false;   ///< norms have a bias (layer)
  NormPlacement norm_placement = NormPlacement::kBefore;
  Residual residual = Residual::kSequential;
  double residual_multiplier = 1.0;  ///< of a sublayer's output before it is added (Granite)

  // Attention.
  bool qkv_bias = false;  ///< queries, keys and values have biases
  bool attention_out_bias = false;
  std::optional<double> qkv_clip;  ///< queries, keys and values are clamped to [-qkv_clip, qkv_clip] (OLMo)
  QkNorm qk_norm = QkNorm::kNone;
  bool qk_norm_weight = true;
  bool qk_norm_bias = false;
  std::optional<double> attention_scale;    ///< of query-key products; absent: 1 / sqrt(head_size)
  std::optional<double> attention_softcap;  ///< c: scaled products s become c tanh(s / c) (Gemma 2)
  /// A token attends to itself and to the window - 1 tokens before it; 0: to all before it.
  int64_t window = 0;
  std::vector<int64_t> full_attention_layers;  ///< layers without the window, ascending

  // Positions.
  Positions positions = Positions::kRotary;
  int64_t rotary_size = 0;  ///< the first dimensions of a head, which are rotated; 0: all
  RopeScaling rope_scaling;
  /// The rotary base of layers with the window, which then have no rope_scaling; absent: as the others.
  std::optional<double> window_rope_theta;
  std::vector<int64_t> no_rope_layers;  ///< layers without rotary positions, ascending (SmolLM3)

  // FFN, embedding and head.
  bool ffn_bias = false;  ///< both linear layers of the FFN have biases (dense, k_loop)
  Activation activation = Activation::kSilu;
  bool gated = true;                    ///< linear * activation(gate) as in SwiGLU; else activation(linear)
  double embedding_multiplier = 1.0;    ///< Gemma, Granite
  bool head_bias = false;               ///< Phi
  double logit_multiplier = 1.0;        ///< Cohere; Granite: 1 / logits_scaling
  std::optional<double> logit_softcap;  ///< c: logits s become c tanh(s / c) (Gemma 2)
  FfnConfig ffn;

  /// Whether a layer's attention has the window.
  bool HasWindow(int64_t layer) const;
  /// Whether queries and keys of a layer are rotated.
  bool HasRope(int64_t layer) const;
  /// Rotated dimensions of a head: rotary_size, or all.
  int64_t RotarySize() const { return rotary_size == 0 ? head_size : rotary_size; }
  /// Rows of ffn_in: 2 F if gated, else F.
  int64_t FfnInRows() const { return (gated ? 2 : 1) * ffn_hidden_size; }

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
    visit("norm", self.norm);
    visit("norm_weight", self.norm_weight);
    visit("norm_bias", self.norm_bias);
    visit("norm_placement", self.norm_placement);
    visit("residual", self.residual);
    visit("residual_multiplier", self.residual_multiplier);
    visit("qkv_bias", self.qkv_bias);
    visit("attention_out_bias", self.attention_out_bias);
    visit("qkv_clip", self.qkv_clip);
    visit("qk_norm", self.qk_norm);
    visit("qk_norm_weight", self.qk_norm_weight);
    visit("qk_norm_bias", self.qk_norm_bias);
    visit("attention_scale", self.attention_scale);
    visit("attention_softcap", self.attention_softcap);
    visit("window", self.window);
    visit("full_attention_layers", self.full_attention_layers);
    visit("positions", self.positions);
    visit("rotary_size", self.rotary_size);
    RopeScaling::Visit(self.rope_scaling, visit);
    visit("window_rope_theta", self.window_rope_theta);
    visit("no_rope_layers", self.no_rope_layers);
    visit("ffn_bias", self.ffn_bias);
    visit("activation", self.activation);
    visit("gated", self.gated);
    visit("embedding_multiplier", self.embedding_multiplier);
    visit("head_bias", self.head_bias);
    visit("logit_multiplier", self.logit_multiplier);
    visit("logit_softcap", self.logit_softcap);
    FfnConfig::Visit(self.ffn, visit);
  }

  bool operator==(const ModelConfig&) const = default;
};

/// One flat object. Fields that the kind of FFN does not use are left out, so are those beyond the sizes
/// (norm to logit_softcap) that have their defaults; unset fields are null.
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

/// The fields beyond the sizes that differ from a Llama's, as "norm_placement after, qk_norm whole"; empty if
/// none does. Biases are left out. For messages of code that computes only pre-norm SwiGLU decoders.
std::string Peculiarities(const ModelConfig& config);

}  // namespace vffn
