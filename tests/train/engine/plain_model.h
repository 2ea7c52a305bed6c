// The models' training loss in plain LibTorch operators with its own backward pass: what the engine must
// equal.
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <map>
#include <string>

#include "model/config.h"

namespace vffn {

struct PlainPass {
  double tau = 1;
  double loss_divisor = 1;
  double balance_coefficient = 0, loop_balance_coefficient = 0;
  std::function<at::Tensor(int64_t layer)> noise;  // [B T, L_max]
  /// What straight-through estimation treats as constants, by layer: the hard choice minus the probabilities.
  /// Filled by the first call; later calls use it, so that the loss is a smooth function of the parameters
  /// whose gradient is the straight-through one.
  std::map<int64_t, at::Tensor>* constants = nullptr;
};

/// The loss with the balance loss, a scalar float64. `parameters` by our names, float64; `tokens` [B, T].
at::Tensor PlainLoss(const ModelConfig& config, const std::map<std::string, at::Tensor>& parameters,
                     const at::Tensor& tokens, const PlainPass& pass);

}  // namespace vffn
