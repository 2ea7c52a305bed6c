// The paper's FLOPs of the FFNs (section 4.2, Table 2): of one token, over all layers, one multiply-add
// being 2. Router, loop head, attention and output head are not in it.
#pragma once

#include <cstdint>
#include <optional>

#include "flops/loop_averages.h"
#include "model/config.h"

namespace vffn {

/// Base: 2 * 3 d F a layer.
int64_t BaseFfnFlops(const ModelConfig& config);

/// MoE - Base: k experts of s hidden units, 2 * 3 d s k a layer; 0 for kinds without experts.
int64_t ExpertsFfnFlops(const ModelConfig& config);

/// Base; Base + experts (MoE); k * Base (k-Loop); Base * N_mean + (MoE - Base) * P (VersatileFFN). Nothing
/// where the paper has no formula: a VersatileFFN with one branch alone or a forced lambda, or without
/// `averages`.
std::optional<double> PaperFfnFlops(const ModelConfig& config, const std::optional<LoopAverages>& averages);

}  // namespace vffn
