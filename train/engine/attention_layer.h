// The attention sublayer: x + attention(norm(x)) (Eq. 1), forward and backward.
#pragma once

#include <ATen/ATen.h>

#include <string>

#include "model/config.h"
#include "train/engine/layer_pass.h"

namespace vffn {

/// Causal attention within each sequence, without a mask tensor: by the kernels, or by LibTorch's attention
/// and its own backward pass where there are none (GPUs, float64) or they are slower (large heads in
/// bfloat16). Holds the activations between Forward and Backward.
class AttentionLayer {
 public:
  AttentionLayer(const ModelConfig& config, int64_t layer);

  /// States [B T, d] to the same.
  at::Tensor Forward(const LayerPass& pass, const at::Tensor& x);

  /// The gradient of x, given that of Forward's result. Adds those of the parameters.
  at::Tensor Backward(const LayerPass& pass, const at::Tensor& dy);

  /// Frees the activations. Backward does it, too.
  void Clear();

 private:
  void Mix(const LayerPass& pass);
  at::Tensor MixBackward(const LayerPass& pass, const at::Tensor& dmixed) const;
  void CountProducts(const LayerPass& pass, double products) const;

  HeadLayout layout_;
  double epsilon_;
  std::string norm_, qkv_name_, out_name_;

  struct Activations {
    at::Tensor x, scale;  // [B T, d], [B T]
    at::Tensor qkv;       // [B T, (n_heads + 2 n_kv_heads) head_size], rotated; without kernels a leaf
    at::Tensor mixed;     // [B T, n_heads head_size]; without kernels it has a gradient function
    at::Tensor log_sums;  // of the kernels
  };
  Activations kept_;
};

}  // namespace vffn
