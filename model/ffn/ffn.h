// The feed-forward half of a block.
#pragma once

#include <ATen/ATen.h>

#include <functional>

#include "model/packed_batch.h"
#include "model/trace.h"

namespace vffn {

/// What a training step is told. The forward pass then gathers gradients and draws loop counts at random.
struct TrainingStep {
  double tau = 5.0;  ///< temperature of Eq. 10
  /// Standard Gumbel noise for a layer, [T, L_max].
  std::function<at::Tensor(int64_t layer)> gumbel_noise;
};

/// What the layers of one forward pass share. What it points to must outlive the pass.
struct ForwardPass {
  const PackedBatch* batch = nullptr;
  const TrainingStep* training = nullptr;  ///< null: inference
  Trace* trace = nullptr;                  ///< null: nothing is recorded
};

class Ffn {
 public:
  virtual ~Ffn() = default;

  /// The block's output, residual included: of a dense FFN x + ffn(norm(x)). x and the result are [T, d]
  /// float32.
  virtual at::Tensor forward(const at::Tensor& x, const ForwardPass& pass) const = 0;
};

}  // namespace vffn
