// AdamW with decoupled weight decay, and clipping by the global norm.
#pragma once

#include "train/config/training_config.h"
#include "train/engine/parameter_store.h"

namespace vffn {

/// One step: clips the gradients (times min(1, max_norm / (norm + 1e-6)), as OLMo), then updates moments and
/// masters. `step` counts from 1 (bias correction). Weight decay: config.weight_decay on linear weights,
/// and on norms, biases and embeddings as the config says. Returns their L2 norm
/// before clipping, a scalar on their device that the host has not read.
at::Tensor AdamWStep(ParameterStore& parameters, const OptimizerConfig& config, double learning_rate,
                     int64_t step);

}  // namespace vffn
