#include "train/run/step_sums.h"

#include <numeric>

namespace vffn {
namespace {

/// Each value as a share of their sum; empty if that is 0.
std::vector<double> SharesOf(const double* values, int64_t count) {
  const double sum = std::accumulate(values, values + count, 0.0);
  std::vector<double> shares(values, sum > 0 ? values + count : values);
  for (double& share : shares) {
    share /= sum;
  }
  return shares;
}

}  // namespace

StepSums::StepSums(const ModelConfig& config, const at::Device& device)
    : layers_(config.n_layers),
      loops_(config.ffn.kind == FfnKind::kVersatile ? config.ffn.max_loops : 0),
      experts_(config.ffn.n_experts) {
  const int64_t of_layer = (loops_ > 0 ? 1 : 0) + loops_ + experts_;
  values_ = at::zeros({3 + layers_ * of_layer}, at::TensorOptions(at::kDouble).device(device));
}

void StepSums::Add(const TrainingSums& sums, double share) {
  std::vector<at::Tensor> parts;
  const auto add = [&](const at::Tensor& values, int64_t count) {
    parts.push_back(values.defined() ? values.to(at::kDouble).reshape({count})
                                     : at::zeros({count}, values_.options()));
  };
  add(sums.loss, 1);
  add(sums.balance_loss.defined() ? sums.balance_loss * share : sums.balance_loss, 1);
  add({}, 1);  // FLOPs
  add(sums.lambda, loops_ > 0 ? layers_ : 0);
  add(sums.loops, layers_ * loops_);
  add(sums.experts, layers_ * experts_);
  values_.add_(at::cat(parts));
}

std::vector<LayerMetrics> StepSums::Layers(const double* values) const {
  std::vector<LayerMetrics> layers(static_cast<size_t>(loops_ + experts_ > 0 ? layers_ : 0));
  const double* lambdas = values;
  const double* loops = lambdas + (loops_ > 0 ? layers_ : 0);
  const double* experts = loops + layers_ * loops_;
  for (size_t i = 0; i < layers.size(); ++i) {
    LayerMetrics& layer = layers[i];
    layer.loop_shares = SharesOf(loops + i * loops_, loops_);
    if (!layer.loop_shares.empty()) {
      const double tokens = std::accumulate(loops + i * loops_, loops + (i + 1) * loops_, 0.0);
      layer.mean_lambda = lambdas[i] / tokens;
      layer.mean_loops = 0;
      for (int64_t l = 0; l < loops_; ++l) {
        *layer.mean_loops += static_cast<double>(l + 1) * layer.loop_shares[l];
      }
    }
    layer.expert_load = SharesOf(experts + i * experts_, experts_);
  }
  return layers;
}

StepMeans StepSums::Take(int64_t steps, ProcessGroup& group) {
  group.AllReduceSum(values_);
  const at::Tensor read = values_.to(at::kCPU, /*non_blocking=*/false, /*copy=*/true);
  values_.zero_();
  const auto* values = read.const_data_ptr<double>();
  StepMeans means{.loss = values[0] / static_cast<double>(steps)};
  means.flops = values[2] / static_cast<double>(steps);
  means.layers = Layers(values + 3);
  if (!means.layers.empty() && !means.layers.front().expert_load.empty()) {
    means.balance_loss = values[1] / static_cast<double>(steps);
  }
  return means;
}

}  // namespace vffn
