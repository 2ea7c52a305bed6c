#include "train/engine/attention_layer.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

namespace vffn {
namespace {

/// LibTorch's attention of qkv [B T, ...]: [B T, n_heads head_size].
at::Tensor LibTorchAttention(const at::Tensor& qkv, const HeadLayout& layout, int64_t length) {
  const at::Tensor heads = qkv.view({-1, length, layout.n_heads + 2 * layout.n_kv_heads, layout.head_size})
                               .transpose(1, 2);  // [B, heads, T, head_size]
  const auto parts = heads.split_with_sizes({layout.n_heads, layout.n_kv_heads, layout.n_kv_heads}, 1);
  return at::scaled_dot_product_attention(parts[0], parts[1], parts[2], /*attn_mask=*/{}, /*dropout_p=*/0.0,
                                          /*is_causal=*/true, /*scale=*/std::nullopt,
                                          /*enable_gqa=*/layout.n_heads != layout.n_kv_heads)
      .transpose(1, 2)
      .reshape({qkv.size(0), -1});
}

/// Whether the kernels are faster than LibTorch's attention. They multiply in float32; LibTorch multiplies
/// bfloat16, which pays for its fixed costs where heads are large.
bool UsesKernels(const Ops& ops, const HeadLayout& layout) {
  constexpr int64_t kLargeHead = 64;
  return ops.has_kernels() && (ops.linear_type() == at::kFloat || layout.head_size < kLargeHead);
}

}  // namespace

AttentionLayer::AttentionLayer(const ModelConfig& config, int64_t layer)
    : layout_{config.n_heads, config.n_kv_heads, config.head_size}, epsilon_(config.norm_epsilon) {
  const std::string prefix = "layers." + std::to_string(layer) + ".";
  norm_ = prefix + "attention_norm.weight";
  qkv_name_ = prefix + "qkv";
  out_name_ = prefix + "attention_out";
}

/// Counts products [T, T] x [T, head_size] over visible pairs.
void AttentionLayer::CountProducts(const LayerPass& pass, double products) const {
  const auto length = static_cast<double>(pass.length);
  const double pairs = static_cast<double>(pass.batch) * length * (length + 1) / 2;
  pass.linear->Count(2 * products * pairs * static_cast<double>(layout_.n_heads * layout_.head_size));
}

void AttentionLayer::Mix(const LayerPass& pass) {
  CountProducts(pass, 2);
  if (UsesKernels(pass.ops(), layout_)) {
    const auto attended = pass.ops().Attention(kept_.qkv, layout_, pass.length);
    kept_.mixed = attended.out;
    kept_.log_sums = attended.log_sums;
    return;
  }
  const c10::AutoGradMode gradients(true);
  kept_.qkv = kept_.qkv.detach().requires_grad_();
  kept_.mixed = LibTorchAttention(kept_.qkv, layout_, pass.length);
}

/// The gradient of the rotated qkv.
at::Tensor AttentionLayer::MixBackward(const LayerPass& pass, const at::Tensor& dmixed) const {
  CountProducts(pass, 5);  // scores again, and four gradients
  if (UsesKernels(pass.ops(), layout_)) {
    return pass.ops().AttentionBackward(dmixed, kept_.qkv, kept_.log_sums, layout_, pass.length);
  }
  return torch::autograd::grad({kept_.mixed}, {kept_.qkv}, {dmixed}).front().contiguous();
}

at::Tensor AttentionLayer::Forward(const LayerPass& pass, const at::Tensor& x) {
  kept_.x = x;
  const Ops& ops = pass.ops();
  auto normed = ops.Norm(x, pass.linear->parameters().master(norm_), epsilon_);
  kept_.scale = normed.scale;
  kept_.qkv = pass.linear->Forward(qkv_name_, normed.out);  // [B T, (n_heads + 2 n_kv_heads) head_size]
  ops.Rotate(kept_.qkv, *pass.angles, layout_, pass.length, 1);
  Mix(pass);
  return ops.Add(x, pass.linear->Forward(out_name_, kept_.mixed.detach()));
}

at::Tensor AttentionLayer::Backward(const LayerPass& pass, const at::Tensor& dy) {
  const Ops& ops = pass.ops();
  const at::Tensor dmixed = pass.linear->Backward(out_name_, ops.Cast(dy), kept_.mixed.detach());
  const at::Tensor dqkv = MixBackward(pass, dmixed);
  ops.Rotate(dqkv, *pass.angles, layout_, pass.length, -1);
  const at::Tensor weight = pass.linear->parameters().master(norm_);
  const at::Tensor normed = ops.Normalise(kept_.x, weight, kept_.scale);
  const at::Tensor dnormed = pass.linear->Backward(qkv_name_, dqkv, normed);
  at::Tensor dx = dy.clone();
  ops.NormBackward(dnormed, kept_.x, weight, kept_.scale, dx, pass.linear->parameters().gradient(norm_));
  Clear();
  return dx;
}

void AttentionLayer::Clear() { kept_ = {}; }

}  // namespace vffn
