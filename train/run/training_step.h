// One optimiser step of a run: from the global batch to new weights.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "train/config/training_config.h"
#include "train/data/training_data.h"
#include "train/engine/training_model.h"
#include "train/run/process_group.h"
#include "train/run/step_sums.h"

namespace vffn {

/// What a step works with. All of it outlives the step.
struct StepParts {
  const TrainingConfig* config = nullptr;
  const TokenSequences* data = nullptr;
  TrainingModel* model = nullptr;
  ProcessGroup* group = nullptr;
  at::Device device = at::kCPU;
  int64_t micro_batch = 0;  ///< sequences of one forward and backward pass, at most
};

class TrainingStep {
 public:
  explicit TrainingStep(const StepParts& parts);

  /// Runs step `step`, from 1. Sequences (step - 1) B to step B - 1 of the order are its global batch; rank r
  /// of W takes the r-th of W equal parts, in micro-batches. Adds to `sums`. Returns the norm of the
  /// gradients before clipping, a scalar on the device. Nothing is read by the host.
  at::Tensor Run(int64_t step, StepSums& sums);

 private:
  /// Reads sequences, [B, T], and finds those that the repetition filter leaves out.
  at::Tensor Tokens(int64_t first_position, int64_t sequences, std::vector<int64_t>& left_out);

  StepParts parts_;
  SequenceOrder order_;
};

/// Sequences of a micro-batch if the configuration leaves it open: as many as fit into a number of tokens
/// that keeps the device busy.
int64_t ChooseMicroBatch(const TrainingConfig& config, const at::Device& device, int processes);

}  // namespace vffn
