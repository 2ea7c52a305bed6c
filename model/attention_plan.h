// What the attention of all layers reads of a batch.
#pragma once

#include <ATen/ATen.h>

#include <span>
#include <vector>

#include "model/compute_context.h"
#include "model/config.h"
#include "model/packed_batch.h"
#include "model/padded_tries.h"
#include "model/ropes.h"

namespace vffn {

/// Of the layers that see equally far.
struct AttentionScope {
  RotaryAngles angles;        // undefined: no rotary positions
  int64_t window = 0;         // 0: none
  int64_t visible_pairs = 0;  // see VisiblePairs
  /// Without kernels: of each of AttentionPlan::tries, see PaddedTries::Mask; undefined where every row
  /// attends to all rows before it.
  std::vector<at::Tensor> masks;
};

struct AttentionPlan {
  AttentionScope full;
  AttentionScope windowed;            // of layers with the window; empty if the model has none
  std::span<const Segment> segments;  // of the batch, which must outlive the plan
  std::vector<PaddedTries> tries;     // without kernels
};

AttentionPlan PlanAttention(const PackedBatch& batch, const ModelConfig& config, const Ropes& ropes,
                            const ComputeContext& context);

}  // namespace vffn
