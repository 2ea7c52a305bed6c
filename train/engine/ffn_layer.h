// The FFN sublayer in training, of any kind: states [T, d] to states, residual included.
#pragma once

#include <ATen/ATen.h>

#include <memory>

#include "model/config.h"
#include "train/engine/layer_pass.h"

namespace vffn {

/// Holds the activations between Forward and Backward.
class FfnLayer {
 public:
  virtual ~FfnLayer() = default;

  virtual at::Tensor Forward(const LayerPass& pass, const at::Tensor& h) = 0;

  /// The gradient of h, given that of Forward's result. Adds those of the parameters.
  virtual at::Tensor Backward(const LayerPass& pass, const at::Tensor& dy) = 0;

  /// Frees the activations. Backward does it, too.
  virtual void Clear() = 0;
};

std::unique_ptr<FfnLayer> MakeFfnLayer(const ModelConfig& config, int64_t layer);

}  // namespace vffn
