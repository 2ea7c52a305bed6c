// Grouped-query attention under the ancestor mask of token tries.
#pragma once

#include <ATen/ATen.h>

#include "model/compute_context.h"
#include "model/config.h"
#include "model/linear.h"
#include "model/packed_batch.h"
#include "model/rotary.h"

namespace vffn {

/// What attention reads of a batch; the same for every layer.
struct AttentionPlan {
  RotaryAngles angles;
  std::span<const Segment> segments;  // of the batch, which must outlive the plan
  int64_t visible_pairs = 0;          // see VisiblePairs

  // Without kernels, tries are padded to the longest one:
  at::Tensor rows;    // [tries, longest] int64: row of the batch (0 where there is none)
  at::Tensor mask;    // [tries, 1, longest, longest] bool: may attend
  at::Tensor places;  // [T] int64: a row's place in [tries * longest]
};

AttentionPlan PlanAttention(const PackedBatch& batch, const RotaryTable& rotary,
                            const ComputeContext& context);

class Attention {
 public:
  /// `qkv` is [(n_heads + 2 n_kv_heads) * head_size, d], `out` is [d, n_heads * head_size].
  Attention(const ModelConfig& config, const LinearParameters& qkv, const LinearParameters& out,
            const ComputeContext& context, int64_t layer);

  /// Attention of Eq. 1, without norm and residual: [T, d] to [T, d].
  at::Tensor forward(const at::Tensor& x, const AttentionPlan& plan) const;

 private:
  at::Tensor Mix(const at::Tensor& qkv, const AttentionPlan& plan) const;  // [T, n_heads * head_size]

  const kernels::Kernels* kernels_;
  HeadLayout layout_;
  Linear qkv_;
  Linear out_;
  WorkCounter::Cell* flops_;  // of Mix
};

}  // namespace vffn
