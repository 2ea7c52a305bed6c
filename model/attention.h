// Grouped-query attention under the ancestor mask of token tries.
#pragma once

#include <ATen/ATen.h>

#include <optional>

#include "model/attention_plan.h"
#include "model/compute_context.h"
#include "model/config.h"
#include "model/layer_parameters.h"
#include "model/linear.h"
#include "model/norm.h"

namespace vffn {

class Attention {
 public:
  /// Reads qkv, attention_out and, with a qk_norm, q_norm and k_norm of the layer.
  Attention(const ModelConfig& config, int64_t layer, const ReadParameter& read,
            const ComputeContext& context);

  /// The stream after attention of Eq. 1 to x joins it: x and stream are [T, d]. Queries and keys are
  /// normalised, then clipped with the values, then rotated.
  at::Tensor forward(const at::Tensor& x, const ResidualConnection& connection, const at::Tensor& stream,
                     const AttentionPlan& plan) const;

 private:
  void NormaliseHeads(at::Tensor qkv) const;
  kernels::RotationArgs Rotation(const RotaryAngles& angles) const;
  // [T, n_heads * head_size]
  at::Tensor Mix(const at::Tensor& qkv, const AttentionPlan& plan, const AttentionScope& scope) const;
  at::Tensor MixPadded(const at::Tensor& qkv, const AttentionPlan& plan, const AttentionScope& scope) const;

  const kernels::Kernels* kernels_;
  kernels::GemmPrecision precision_;
  HeadLayout layout_;
  bool has_window_, has_rope_;
  QkNorm qk_norm_;
  std::optional<double> clip_, scale_, softcap_;
  Linear qkv_;
  Linear out_;
  std::optional<Norm> q_norm_, k_norm_;
  WorkCounter::Cell* flops_;  // of Mix
};

}  // namespace vffn
