// The arguments that all layers of one forward pass share.
#pragma once

#include <ATen/ATen.h>

#include <functional>

#include "model/packed_batch.h"
#include "model/trace.h"

namespace vffn {

/// The arguments of a training step. The forward pass then gathers gradients and draws loop counts at random.
struct TrainingStep {
  double tau = 5.0;  ///< temperature of Eq. 10
  /// Standard Gumbel noise for a layer, [T, L_max].
  std::function<at::Tensor(int64_t layer)> gumbel_noise;
};

/// What it points to must outlive the pass.
struct ForwardPass {
  const PackedBatch* batch = nullptr;
  const TrainingStep* training = nullptr;  ///< null: inference
  Trace* trace = nullptr;                  ///< null: nothing is recorded

  bool wants_decisions() const { return training != nullptr || trace != nullptr; }
  bool wants_branches() const { return trace != nullptr && trace->detail() == TraceDetail::kBranches; }
};

}  // namespace vffn
