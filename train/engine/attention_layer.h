// The attention sublayer: x + attention(norm(x)) (Eq. 1), forward and backward.
#pragma once

#include <ATen/ATen.h>

#include <string>

#include "model/config.h"
#include "train/engine/layer_pass.h"

namespace vffn {

/// Causal attention within each sequence, without a mask tensor. Holds the activations between Forward and
/// Backward.
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
  /// Queries, keys and values as [B, heads, T, head_size] views of qkv [B T, ...].
  struct Heads {
    at::Tensor q, k, v;
  };
  Heads Split(const at::Tensor& qkv, const LayerPass& pass) const;
  void Mix(const LayerPass& pass);
  void CountProducts(const LayerPass& pass, double products) const;

  HeadLayout layout_;
  double epsilon_;
  std::string norm_, qkv_name_, out_name_;

  struct Activations {
    at::Tensor x, scale;  // [B T, d], [B T]
    at::Tensor qkv;       // [B T, (n_heads + 2 n_kv_heads) head_size], rotated
    at::Tensor mixed;     // [B, n_heads, T, head_size]
    at::Tensor log_sums;  // of the softmax, as LibTorch's CPU kernel returns them
    Heads leaves;         // on other devices: leaves of LibTorch's own backward pass
  };
  Activations kept_;
};

}  // namespace vffn
