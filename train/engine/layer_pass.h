// What the sublayers of one layer share in one micro-batch.
#pragma once

#include <cstdint>

#include "model/rotary.h"
#include "train/engine/linear_layers.h"
#include "train/engine/training_model.h"

namespace vffn {

/// Everything a layer needs beside its input. What it points to outlives the pass.
struct LayerPass {
  const TrainingPass* pass = nullptr;
  LinearLayers* linear = nullptr;
  const RotaryAngles* angles = nullptr;  ///< of positions 0 .. T - 1
  TrainingSums* sums = nullptr;          ///< null when a layer runs again for activation checkpointing
  int64_t batch = 0, length = 0;         ///< B, T

  const Ops& ops() const { return linear->ops(); }
  int64_t rows() const { return batch * length; }
};

}  // namespace vffn
