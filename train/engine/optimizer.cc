#include "train/engine/optimizer.h"

#include <vector>

namespace vffn {
namespace {

bool Decays(const ParameterSpec& spec, const OptimizerConfig& config) {
  if (spec.role == ParameterRole::kNorm || spec.is_bias) {
    return config.decay_norms_and_biases;
  }
  return spec.role != ParameterRole::kEmbedding || config.decay_embeddings;
}

/// Neighbouring parameters with equal treatment, as ranges of the flat vectors.
std::vector<std::pair<ParameterStore::Range, bool>> DecayRanges(const ParameterStore& parameters,
                                                                const OptimizerConfig& config) {
  std::vector<std::pair<ParameterStore::Range, bool>> ranges;
  for (const ParameterSpec& spec : parameters.specs()) {
    const ParameterStore::Range range = parameters.RangeOf(spec.name);
    const bool decays = Decays(spec, config);
    if (!ranges.empty() && ranges.back().second == decays) {
      ranges.back().first.end = range.end;
    } else {
      ranges.push_back({range, decays});
    }
  }
  return ranges;
}

/// PyTorch's fused AdamW over parts of the flat vectors that share one weight decay.
void Update(ParameterStore& parameters, const OptimizerConfig& config, double learning_rate, int64_t step,
            bool decays) {
  std::vector<at::Tensor> masters, gradients, first, second, steps;
  for (const auto& [range, range_decays] : DecayRanges(parameters, config)) {
    if (range_decays == decays) {
      const int64_t size = range.end - range.begin;
      masters.push_back(parameters.masters().narrow(0, range.begin, size));
      gradients.push_back(parameters.gradients().narrow(0, range.begin, size));
      first.push_back(parameters.first_moments().narrow(0, range.begin, size));
      second.push_back(parameters.second_moments().narrow(0, range.begin, size));
      steps.push_back(at::full({}, static_cast<double>(step), masters.back().options().dtype(at::kFloat)));
    }
  }
  if (!masters.empty()) {
    at::_fused_adamw_(masters, gradients, first, second, /*max_exp_avg_sqs=*/{}, steps, learning_rate,
                      config.beta1, config.beta2, decays ? config.weight_decay : 0.0, config.epsilon,
                      /*amsgrad=*/false, /*maximize=*/false);
  }
}

}  // namespace

at::Tensor AdamWStep(ParameterStore& parameters, const OptimizerConfig& config, double learning_rate,
                     int64_t step) {
  const at::Tensor norm = at::linalg_vector_norm(parameters.gradients(), 2);
  if (config.max_gradient_norm > 0) {
    const at::Tensor coefficient = (config.max_gradient_norm / (norm + 1e-6)).clamp_max(1.0);
    parameters.gradients().mul_(coefficient);
  }
  for (const bool decays : {true, false}) {
    Update(parameters, config, learning_rate, step, decays);
  }
  return norm;
}

}  // namespace vffn
