// The router in training: gate weights of the top-k experts, the balance loss, and their gradients.
#pragma once

#include <ATen/ATen.h>

#include <string>

#include "model/ffn/ffn_config.h"
#include "train/engine/layer_pass.h"

namespace vffn {

/// Routes by W_g h with h not normalised, as the release. Holds what Backward needs.
class ExpertRouting {
 public:
  /// `router` is the name of the layer, "layers.0.router".
  ExpertRouting(const FfnConfig& config, int64_t layer, std::string router);

  /// `h`: states [T, d]. Adds to the pass's sums.
  void Forward(const LayerPass& pass, const at::Tensor& h);

  const at::Tensor& experts() const { return kept_.experts; }  ///< [T, k] int64, best first
  const at::Tensor& gates() const { return kept_.gates; }      ///< [T, k] state type

  /// The gradient of h, [T, d], given that of the gate weights; with that of the balance loss, if the pass
  /// has a coefficient. Adds the router's gradient.
  at::Tensor Backward(const LayerPass& pass, const at::Tensor& h, const at::Tensor& dgates, int64_t n_layers);

  void Clear();

 private:
  at::Tensor BalanceGradient(double coefficient) const;

  FfnConfig config_;
  int64_t layer_;
  std::string router_;
  struct Activations {
    at::Tensor probabilities;   // [T, N] softmax over all gating logits
    at::Tensor experts, gates;  // [T, k]
    at::Tensor load;            // [N] share of the T k routed pairs
  };
  Activations kept_;
};

}  // namespace vffn
