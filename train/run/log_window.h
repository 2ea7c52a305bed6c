// The steps between two lines of a run's log.
#pragma once

#include <ATen/ATen.h>

#include <chrono>
#include <cstdint>

#include "model/config.h"
#include "train/config/training_config.h"
#include "train/log/step_metrics.h"
#include "train/run/process_group.h"
#include "train/run/step_sums.h"

namespace vffn {

class LogWindow {
 public:
  /// Measures the speed of matrix products. `config` and `group` must outlive it.
  LogWindow(const TrainingConfig& config, const ModelConfig& model, const at::Device& device,
            ProcessGroup& group);

  /// Takes what the steps add up.
  StepSums& sums() { return sums_; }

  /// Begins after a step. `flops` is TrainingModel::flops() then.
  void Begin(int64_t step, double flops);

  /// The metrics of the steps since Begin, of which `step` is the last; `norm` is its gradient norm. Reads
  /// the sums from the device. Every process of the group must call it.
  StepMetrics End(int64_t step, double flops, const at::Tensor& norm);

 private:
  const TrainingConfig& config_;
  at::Device device_;
  ProcessGroup& group_;
  StepSums sums_;
  bool has_tau_;
  double gemm_peak_;  // floating-point operations per second
  std::chrono::steady_clock::time_point start_;
  int64_t step_ = 0;
  double flops_ = 0;
};

}  // namespace vffn
