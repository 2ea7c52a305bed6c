// The output head and the cross entropy, fused.
#pragma once

#include <ATen/ATen.h>

#include <string>

#include "model/config.h"
#include "train/engine/layer_pass.h"

namespace vffn {

/// Final norm, head and loss, a block of rows at a time: no logits [B T, V] exist at once. Forward and
/// backward pass of a block follow each other.
class HeadLoss {
 public:
  explicit HeadLoss(const ModelConfig& config);

  struct Result {
    at::Tensor loss;  // scalar float64: sum of cross entropies / pass.loss_divisor
    at::Tensor dx;    // [B T, d] gradient of x; undefined without gradients
  };
  /// `x`: states [B T, d]; `labels` [B T] int64, negative: none. With `gradients`, adds those of norm and
  /// head.
  Result Run(const LayerPass& pass, const at::Tensor& x, const at::Tensor& labels, bool gradients) const;

 private:
  double epsilon_;
  std::string head_;
};

}  // namespace vffn
