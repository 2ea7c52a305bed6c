// The number of parameters in each part of a model.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/config.h"

namespace vffn {

enum class ParameterGroup {
  kEmbedding,   ///< "embedding"
  kAttention,   ///< "attention": projections to queries, keys, values, and of the heads' outputs
  kNorms,       ///< "norms": of attention, FFN and experts, and the final one
  kFfn,         ///< "ffn": the dense FFN, which k-Loop and VersatileFFN share
  kExperts,     ///< "experts": MoE's; those of VersatileFFN are views of "ffn" and count as 0
  kRouter,      ///< "router"
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

}  // namespace vffn
