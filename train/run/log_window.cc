#include "train/run/log_window.h"

#include "train/config/schedules.h"
#include "train/run/gemm_peak.h"
#include "train/run/machine.h"

namespace vffn {

using Clock = std::chrono::steady_clock;

LogWindow::LogWindow(const TrainingConfig& config, const ModelConfig& model, const at::Device& device,
                     ProcessGroup& group)
    : config_(config),
      device_(device),
      group_(group),
      sums_(model, device),
      has_tau_(model.ffn.kind == FfnKind::kVersatile),
      gemm_peak_(MeasureGemmPeak(device, config.dtype == Dtype::kFloat32 ? at::kFloat : at::kBFloat16)) {}

void LogWindow::Begin(int64_t step, double flops) {
  start_ = Clock::now();
  step_ = step;
  flops_ = flops;
}

StepMetrics LogWindow::End(int64_t step, double flops, const at::Tensor& norm) {
  const int64_t tokens = config_.global_batch * config_.data.sequence_length;
  const int64_t steps = step - step_;
  sums_.AddFlops(flops - flops_);
  const StepMeans means = sums_.Take(steps, group_);
  const double seconds =
      std::chrono::duration<double>(Clock::now() - start_).count() / static_cast<double>(steps);
  StepMetrics metrics{.step = step,
                      .tokens = step * tokens,
                      .loss = means.loss,
                      .balance_loss = means.balance_loss,
                      .learning_rate = LearningRate(config_, step),
                      .gradient_norm = norm.item<double>(),
                      .seconds = seconds,
                      .tokens_per_second = static_cast<double>(tokens) / seconds,
                      .flops = means.flops,
                      .utilisation = means.flops / seconds / (gemm_peak_ * group_.world_size()),
                      .peak_bytes = PeakMemory(device_),
                      .layers = means.layers};
  if (has_tau_) {
    metrics.tau = Temperature(config_, step);
  }
  return metrics;
}

}  // namespace vffn
