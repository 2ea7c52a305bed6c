// What the attention of all layers reads of a batch.
#pragma once

#include <ATen/ATen.h>

#include <span>

#include "model/compute_context.h"
#include "model/config.h"
#include "model/packed_batch.h"
#include "model/ropes.h"

namespace vffn {

/// Of the layers that see equally far.
struct AttentionScope {
  RotaryAngles angles;        // undefined: no rotary positions
  int64_t window = 0;         // 0: none
  int64_t visible_pairs = 0;  // see VisiblePairs
  at::Tensor mask;            // without kernels: [tries, 1, longest, longest] bool: may attend
};

struct AttentionPlan {
  AttentionScope full;
  AttentionScope windowed;            // of layers with the window; empty if the model has none
  std::span<const Segment> segments;  // of the batch, which must outlive the plan

  // Without kernels, tries are padded to the longest one:
  at::Tensor rows;    // [tries, longest] int64: row of the batch (0 where there is none)
  at::Tensor places;  // [T] int64: a row's place in [tries * longest]
};

AttentionPlan PlanAttention(const PackedBatch& batch, const ModelConfig& config, const Ropes& ropes,
                            const ComputeContext& context);

}  // namespace vffn
