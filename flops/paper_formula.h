// The paper's formula for the FLOPs of the FFNs (section 4.2, Table 2): of one token, over all layers, with 2
// FLOPs for a multiply-add. It leaves out router, loop head, attention and output head.
#pragma once

#include <cstdint>
#include <optional>

#include "flops/loop_averages.h"
#include "model/config.h"

namespace vffn {

/// Base: 2 * 3 d F a layer, 2 * 2 d F if the FFN is not gated. Of a sparse MoE: the shared expert, 0 without
/// one.
int64_t BaseFfnFlops(const ModelConfig& config);

/// MoE - Base: k experts of s hidden units, 2 * 3 d s k a layer; 0 for kinds without experts.
int64_t ExpertsFfnFlops(const ModelConfig& config);

/// Base; Base + experts (MoE, sparse MoE); k * Base (k-Loop); Base * N_mean + (MoE - Base) * P
/// (VersatileFFN). Absent where the paper has no formula (a VersatileFFN with one branch alone or a forced
/// lambda), or without `averages` where they are needed.
std::optional<double> PaperFfnFlops(const ModelConfig& config, const std::optional<LoopAverages>& averages);

}  // namespace vffn
