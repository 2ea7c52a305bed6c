// What a run adds up over micro-batches, processes and the steps between two lines of its log.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "model/config.h"
#include "train/engine/training_model.h"
#include "train/log/step_metrics.h"
#include "train/run/process_group.h"

namespace vffn {

/// Means over the steps since the last Take.
struct StepMeans {
  double loss = 0;  ///< NaN or infinite if that of any step is
  std::optional<double> balance_loss;
  double flops = 0;
  std::vector<LayerMetrics> layers;
};

/// One vector on the model's device. Only Take reads it.
class StepSums {
 public:
  StepSums(const ModelConfig& config, const at::Device& device);

  /// Adds a micro-batch that is this share of its global batch.
  void Add(const TrainingSums& sums, double share);

  /// Floating-point operations that this process executed.
  void AddFlops(double flops) { values_[2].add_(flops); }

  /// Sums over all processes, reads the values, and begins anew. `steps` were added.
  StepMeans Take(int64_t steps, ProcessGroup& group);

 private:
  std::vector<LayerMetrics> Layers(const double* values) const;

  int64_t layers_, loops_, experts_;  // counts; 0 if the FFN has none
  at::Tensor values_;  // [n] float64: loss, balance loss, FLOPs, then lambda [layers], loops [layers, L_max],
                       // experts [layers, N]
};

}  // namespace vffn
