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
/// With qkv_bias, attention_out_bias or ffn_bias, the weights qkv, attention_out, ffn_in and ffn_out are
/// each followed by a bias [rows of the weight] of the same name, such as layers.{i}.qkv.bias.
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
