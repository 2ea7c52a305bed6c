// The parameters of the transformer: names, roles, shapes and initial values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/config.h"

namespace vffn {

/// What a parameter does in the model. A bias has the role of its weight.
enum class ParameterRole {
  kEmbedding,
  kNorm,          ///< of attention, FFN and experts, and the final one
  kQkv,           ///< projections to queries, keys and values
  kAttentionOut,  ///< projection of the heads' outputs
  kFfnIn,         ///< the dense FFN, which k-Loop and VersatileFFN share
  kFfnOut,
  kExpertsIn,  ///< MoE's own experts
  kExpertsOut,
  kRouter,
  kLoopHead,
  kOutputHead,
};

/// The distribution of a parameter's values before training.
struct Initialisation {
  enum class Kind { kZeros, kOnes, kTruncatedNormal };

  Kind kind = Kind::kZeros;
  double deviation = 0;  ///< kTruncatedNormal: standard deviation before truncation; the mean is 0
  double cut = 0;        ///< kTruncatedNormal: no value lies further from 0 than `cut` deviations

  bool operator==(const Initialisation&) const = default;
};

/// One parameter. Linear weights are [out, in].
struct ParameterSpec {
  std::string name;
  std::vector<int64_t> shape;  ///< [rows, columns]; a vector [rows] is a column: rows of one element
  ParameterRole role{};
  bool is_bias = false;
  Initialisation initialisation;

  int64_t elements() const;

  bool operator==(const ParameterSpec&) const = default;
};

/// Every parameter, in model order, by our names. Norms are of attention, FFN and experts; "qk" stands for q
/// and for k. Those marked * depend on the configuration.
///   embedding.weight                    [V, d]
///   position_embedding.weight           [max_sequence_length, d] * positions "learned"
///   layers.{i}.attention_norm.weight    [d]                      * not with norm_placement "after"
///   layers.{i}.qkv.weight               [(n_heads + 2 n_kv_heads) * head_size, d], rows q, then k, then v;
///                                       rotary pairs are (j, j + rotary_size/2): half-split
///   layers.{i}.q_norm.weight            [head_size] (qk_norm "head") or [n_heads * head_size]        *
///   layers.{i}.k_norm.weight            [head_size] (qk_norm "head") or [n_kv_heads * head_size]     *
///   layers.{i}.attention_out.weight     [d, n_heads * head_size]
///   layers.{i}.attention_post_norm.weight [d]                    * norm_placement "after", "around"
///   layers.{i}.ffn_norm.weight          [d]       * not with "after", nor with residual "parallel_one_norm"
///   layers.{i}.ffn_in.weight            [2F, d], rows 0..F-1 linear ("up"), rows F..2F-1 activated ("gate");
///                                       [F, d] if not gated
///   layers.{i}.ffn_out.weight           [d, F]
///   layers.{i}.ffn_post_norm.weight     [d]                      * norm_placement "after", "around"
/// of MoE, whose N experts are slices of a second FFN of N * s hidden units, also
///   layers.{i}.experts_norm.weight      [d]                      * not with norm_placement "after"
///   layers.{i}.experts_post_norm.weight [d]                      * norm_placement "after", "around"
/// of MoE and sparse MoE
///   layers.{i}.experts_in.weight        [2 N s, d], as ffn_in; expert e has hidden units e s to (e+1) s - 1
///   layers.{i}.experts_out.weight       [d, N s]
/// of MoE, sparse MoE and VersatileFFN
///   layers.{i}.router.weight            [N, d]
/// of sparse MoE with shared_expert_gate; ffn_in and ffn_out are the shared expert's, absent without one
///   layers.{i}.shared_expert_gate.weight [1, d]
/// of VersatileFFN
///   layers.{i}.loop_head.weight         [L_max, d]
///   final_norm.weight                   [d]
///   head.weight                         [V, d], absent if tied_head
///   head.bias                           [V]                      * head_bias
/// With qkv_bias, attention_out_bias or ffn_bias, the weights qkv, attention_out, ffn_in and ffn_out are
/// each followed by a bias [rows of the weight] of the same name, such as layers.{i}.qkv.bias. Norms have
/// weights if norm_weight, and biases of the same shape if norm_bias; q_norm and k_norm have them if
/// qk_norm_weight and qk_norm_bias.
///
/// Initial values are those of OLMo's init_fn "normal": linear weights and embedding are normal with standard
/// deviation 0.02 (init_std), truncated at 3 of them (init_cutoff_factor); norm weights are 1, biases 0.
std::vector<ParameterSpec> ParameterSpecs(const ModelConfig& config);

/// Number of elements of all parameters.
int64_t ParameterCount(const ModelConfig& config);

/// Number of elements of a tensor; of a scalar, 1.
int64_t ElementCount(std::span<const int64_t> shape);

/// Writes the parameter's initial values, row-major. The seed and the parameter's name alone decide them, the
/// same on every machine (base/random.h). Throws Error if `out` has another number of elements.
void Initialise(const ParameterSpec& parameter, uint64_t seed, std::span<float> out);

}  // namespace vffn
