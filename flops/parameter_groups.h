// How many parameters a model has, and where they sit.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/config.h"

namespace vffn {

enum class ParameterGroup {
  kEmbedding,   ///< "embedding"
  kAttention,   ///< "attention": queries, keys, values, and what leaves attention
  kNorms,       ///< "norms": of attention, FFN and experts, and the final one
  kFfn,         ///< "ffn": the dense FFN, which k-Loop and VersatileFFN share
  kExperts,     ///< "experts": MoE's own; VersatileFFN's are views of "ffn" and count nothing
  kRouter,      ///< "router"
  kLoopHead,    ///< "loop_head"
  kOutputHead,  ///< "output_head": 0 where it is the embedding
};
inline constexpr size_t kParameterGroups = 8;

std::string_view NameOf(ParameterGroup group);

struct ParameterCounts {
  std::array<int64_t, kParameterGroups> counts = {};

  int64_t operator[](ParameterGroup group) const { return counts[static_cast<size_t>(group)]; }
  int64_t total() const;
};

/// Elements of every tensor that ParameterSpecs lists, none left out.
ParameterCounts CountParameters(const ModelConfig& config);

}  // namespace vffn
