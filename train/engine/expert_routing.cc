#include "train/engine/expert_routing.h"

#include <utility>

namespace vffn {

ExpertRouting::ExpertRouting(const FfnConfig& config, int64_t layer, std::string router)
    : config_(config), layer_(layer), router_(std::move(router)) {}

void ExpertRouting::Forward(const LayerPass& pass, const at::Tensor& h) {
  const at::Tensor weight = pass.linear->parameters().master(router_ + ".weight");  // [N, d]
  const at::Tensor logits = pass.linear->Product(h, weight);                        // [T, N]
  const auto [sorted, order] = logits.sort(/*stable=*/true, /*dim=*/1, /*descending=*/true);
  kept_.experts = order.narrow(1, 0, config_.top_k).contiguous();
  kept_.probabilities = at::softmax(logits, 1);
  kept_.gates = config_.gate == Reading::kRelease ? at::softmax(sorted.narrow(1, 0, config_.top_k), 1)
                                                  : kept_.probabilities.gather(1, kept_.experts);  // Eq. 7
  const at::Tensor counts = at::bincount(kept_.experts.flatten(), {}, config_.n_experts);          // [N]
  kept_.load = counts.to(logits.scalar_type()) / static_cast<double>(kept_.experts.numel());
  if (pass.sums) {
    pass.sums->experts[layer_].add_(counts);
    const double layers = static_cast<double>(pass.sums->experts.size(0));
    pass.sums->balance_loss.add_((kept_.load * kept_.probabilities.mean(0)).sum() *
                                 (static_cast<double>(config_.n_experts) / layers));
  }
}

/// Of coefficient * N sum_e f_e P_e for the logits, f being constant (Switch Transformer, Eq. 4 to 6).
at::Tensor ExpertRouting::BalanceGradient(double coefficient) const {
  const double factor =
      coefficient * static_cast<double>(config_.n_experts) / static_cast<double>(kept_.probabilities.size(0));
  return kept_.probabilities * (kept_.load - at::mv(kept_.probabilities, kept_.load).unsqueeze(1)) * factor;
}

at::Tensor ExpertRouting::Backward(const LayerPass& pass, const at::Tensor& h, const at::Tensor& dgates,
                                   int64_t n_layers) {
  at::Tensor dlogits = at::zeros_like(kept_.probabilities);  // [T, N]
  if (config_.gate == Reading::kRelease) {
    const at::Tensor dselected = kept_.gates * (dgates - (kept_.gates * dgates).sum(1, /*keepdim=*/true));
    dlogits.scatter_(1, kept_.experts, dselected);
  } else {
    const at::Tensor dall = at::zeros_like(kept_.probabilities).scatter_(1, kept_.experts, dgates);
    dlogits = kept_.probabilities * (dall - (kept_.probabilities * dall).sum(1, /*keepdim=*/true));
  }
  if (pass.pass->balance_coefficient != 0) {
    dlogits.add_(BalanceGradient(pass.pass->balance_coefficient / static_cast<double>(n_layers)));
  }
  ParameterStore& parameters = pass.linear->parameters();
  pass.linear->WeightGradient(parameters.gradient(router_ + ".weight"), dlogits, h);
  const at::Tensor dh = pass.linear->PlainProduct(dlogits, parameters.master(router_ + ".weight"));
  return dh;
}

void ExpertRouting::Clear() { kept_ = {}; }

}  // namespace vffn
