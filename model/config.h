// The architecture of a model, from whatever format its checkpoint has.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
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
  bool qkv_bias = false;
  bool attention_out_bias = false;
  bool ffn_bias = false;
  FfnConfig ffn;

  /// Calls visit(name, field) for every field that counts: JSON and printing follow from this list.
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
    FfnConfig::Visit(self.ffn, visit);
  }

  bool operator==(const ModelConfig&) const = default;
};

/// One flat object; FFN fields that the kind does not use are left out, unset ones are null.
OrderedJson ToJson(const ModelConfig& config);

/// Its FFN part.
OrderedJson ToJson(const FfnConfig& config);

/// The inverse: every field that has no default must be there, no other may be. Throws Error, beginning with
/// `origin`, naming the field. Does not Validate.
ModelConfig ParseModelConfig(const Json& json, const std::string& origin);

/// Sets FFN options of a model from "name=value,name=value", as given to --model_args: top_k, the readings
/// (gate, expert_slices, expected_loops, loop_mixture, tau) and the probes (branches, lambda, loops,
/// shuffle_loops), as far as the model's kind has them. Throws Error on anything else.
void ApplyModelArgs(std::string_view model_args, ModelConfig& config);

/// Sets the FFN field of that name from its text ("2", "paper"), as written in a file; `origin` begins the
/// Error if the text is none of its values. False if the model's kind has no such field.
bool SetFfnField(std::string_view name, const std::string& text, const std::string& origin, FfnConfig& ffn);

/// Throws Error, naming `origin` and the field, if a size is not positive, absurdly large, or does not fit
/// another.
void Validate(const ModelConfig& config, const std::string& origin);

/// One parameter of the transformer. Linear weights are [out, in].
struct ParameterSpec {
  std::string name;
  std::vector<int64_t> shape;

  bool operator==(const ParameterSpec&) const = default;
};

/// Every parameter, in model order, by our names:
///   embedding.weight                    [V, d]
///   layers.{i}.attention_norm.weight    [d]
///   layers.{i}.qkv.weight               [(n_heads + 2 n_kv_heads) * head_size, d], rows q, then k, then v;
///                                       rotary pairs are (j, j + head_size/2): half-split
///   layers.{i}.attention_out.weight     [d, n_heads * head_size]
///   layers.{i}.ffn_norm.weight          [d]
///   layers.{i}.ffn_in.weight            [2F, d], rows 0..F-1 linear ("up"), rows F..2F-1 SiLU ("gate")
///   layers.{i}.ffn_out.weight           [d, F]
/// of MoE, whose N experts are slices of a second FFN of N * s hidden units, also
///   layers.{i}.experts_norm.weight      [d]
///   layers.{i}.experts_in.weight        [2 N s, d], as ffn_in; expert e has hidden units e s to (e+1) s - 1
///   layers.{i}.experts_out.weight       [d, N s]
/// of MoE and VersatileFFN
///   layers.{i}.router.weight            [N, d]
/// of VersatileFFN
///   layers.{i}.loop_head.weight         [L_max, d]
///   final_norm.weight                   [d]
///   head.weight                         [V, d], absent if tied_head
std::vector<ParameterSpec> ParameterSpecs(const ModelConfig& config);

/// Number of elements of all parameters.
int64_t ParameterCount(const ModelConfig& config);

}  // namespace vffn
