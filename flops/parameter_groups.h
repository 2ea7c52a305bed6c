// The number of parameters in each part of a model.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/config.h"

namespace vffn {

enum class ParameterGroup {
  kEmbedding,  ///< "embedding": of tokens, and of positions where they are learned
  kAttention,  ///< "attention": projections to queries, keys, values, and of the heads' outputs
  kNorms,      ///< "norms": of attention, queries and keys, FFN and experts, and the final one
  kFfn,  ///< "ffn": the dense FFN, which k-Loop and VersatileFFN share; of a sparse MoE, the shared expert
  kExperts,     ///< "experts": MoE's; those of VersatileFFN are views of "ffn" and count as 0
  kRouter,      ///< "router", and the gate of a shared expert
  kLoopHead,    ///< "loop_head"
  kOutputHead,  ///< "output_head": 0 if it is the embedding
};
inline constexpr size_t kParameterGroups = 8;

std::string_view NameOf(ParameterGroup group);

struct ParameterCounts {
  std::array<int64_t, kParameterGroups> counts = {};

  int64_t operator[](ParameterGroup group) const { return counts[static_cast<size_t>(group)]; }
  int64_t total() const;
};

/// The number of elements of all parameters of the model (ParameterSpecs), by group. Biases count with their
/// weights.
ParameterCounts CountParameters(const ModelConfig& config);

/// The parameters that compute one token: as CountParameters, with k of the N experts where experts have
/// weights of their own. The embedding counts in full, as is usual ("12.9B active parameters").
ParameterCounts CountActiveParameters(const ModelConfig& config);

}  // namespace vffn
