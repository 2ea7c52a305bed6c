#include "train/engine/attention_layer.h"

#include <torch/csrc/autograd/autograd.h>

#include <utility>

namespace vffn {
namespace {

/// Repeats key and value heads for the query heads that share them: [B, n_kv, T, s] to [B, n_heads, T, s].
at::Tensor RepeatHeads(const at::Tensor& x, int64_t group) {
  return group == 1 ? x
                    : x.unsqueeze(2)
                          .expand({x.size(0), x.size(1), group, x.size(2), x.size(3)})
                          .reshape({x.size(0), x.size(1) * group, x.size(2), x.size(3)});
}

/// Sums the gradients of repeated heads.
at::Tensor SumRepeated(const at::Tensor& dx, int64_t group) {
  return group == 1 ? dx : dx.view({dx.size(0), dx.size(1) / group, group, dx.size(2), dx.size(3)}).sum(2);
}

}  // namespace

AttentionLayer::AttentionLayer(const ModelConfig& config, int64_t layer)
    : layout_{config.n_heads, config.n_kv_heads, config.head_size}, epsilon_(config.norm_epsilon) {
  const std::string prefix = "layers." + std::to_string(layer) + ".";
  norm_ = prefix + "attention_norm.weight";
  qkv_name_ = prefix + "qkv";
  out_name_ = prefix + "attention_out";
}

AttentionLayer::Heads AttentionLayer::Split(const at::Tensor& qkv, const LayerPass& pass) const {
  const at::Tensor heads = qkv.view({pass.batch, pass.length, -1, layout_.head_size}).transpose(1, 2);
  const auto parts = heads.split_with_sizes({layout_.n_heads, layout_.n_kv_heads, layout_.n_kv_heads}, 1);
  return {parts[0], parts[1], parts[2]};
}

/// Counts products [T, T] x [T, head_size] over visible pairs.
void AttentionLayer::CountProducts(const LayerPass& pass, double products) const {
  const auto length = static_cast<double>(pass.length);
  const double pairs = static_cast<double>(pass.batch) * length * (length + 1) / 2;
  pass.linear->Count(2 * products * pairs * static_cast<double>(layout_.n_heads * layout_.head_size));
}

void AttentionLayer::Mix(const LayerPass& pass) {
  const int64_t group = layout_.n_heads / layout_.n_kv_heads;
  Heads heads = Split(kept_.qkv, pass);
  CountProducts(pass, 2);
  if (pass.ops().device().is_cpu()) {
    std::tie(kept_.mixed, kept_.log_sums) = at::_scaled_dot_product_flash_attention_for_cpu(
        heads.q, RepeatHeads(heads.k, group), RepeatHeads(heads.v, group), 0.0, /*is_causal=*/true);
    return;
  }
  const c10::AutoGradMode gradients(true);
  kept_.leaves = {heads.q.detach().requires_grad_(), heads.k.detach().requires_grad_(),
                  heads.v.detach().requires_grad_()};
  kept_.mixed =
      at::scaled_dot_product_attention(kept_.leaves.q, kept_.leaves.k, kept_.leaves.v, /*attn_mask=*/{}, 0.0,
                                       /*is_causal=*/true, /*scale=*/std::nullopt, group > 1);
}

at::Tensor AttentionLayer::Forward(const LayerPass& pass, const at::Tensor& x) {
  kept_.x = x;
  const Ops& ops = pass.ops();
  auto normed = ops.Norm(x, pass.linear->parameters().master(norm_), epsilon_);
  kept_.scale = normed.scale;
  kept_.qkv = pass.linear->Forward(qkv_name_, normed.out);  // [B T, (n_heads + 2 n_kv_heads) head_size]
  ops.Rotate(kept_.qkv, *pass.angles, layout_, pass.length, 1);
  Mix(pass);
  const at::Tensor rows = kept_.mixed.detach().transpose(1, 2).reshape({pass.rows(), -1});
  return ops.Add(x, pass.linear->Forward(out_name_, rows));
}

at::Tensor AttentionLayer::Backward(const LayerPass& pass, const at::Tensor& dy) {
  const Ops& ops = pass.ops();
  const int64_t group = layout_.n_heads / layout_.n_kv_heads;
  const at::Tensor rows = kept_.mixed.detach().transpose(1, 2).reshape({pass.rows(), -1});
  const at::Tensor dmixed = pass.linear->Backward(out_name_, ops.Cast(dy), rows)
                                .view({pass.batch, pass.length, layout_.n_heads, layout_.head_size})
                                .transpose(1, 2);
  CountProducts(pass, 5);  // scores again, and four gradients
  at::Tensor dqkv = at::empty_like(kept_.qkv);
  const Heads gradients = Split(dqkv, pass);
  if (pass.ops().device().is_cpu()) {
    const Heads heads = Split(kept_.qkv, pass);
    const auto [dq, dk, dv] = at::_scaled_dot_product_flash_attention_for_cpu_backward(
        dmixed, heads.q, RepeatHeads(heads.k, group), RepeatHeads(heads.v, group), kept_.mixed,
        kept_.log_sums, 0.0,
        /*is_causal=*/true);
    at::Tensor(gradients.q).copy_(dq);
    at::Tensor(gradients.k).copy_(SumRepeated(dk, group));
    at::Tensor(gradients.v).copy_(SumRepeated(dv, group));
  } else {
    const auto leaves =
        torch::autograd::grad({kept_.mixed}, {kept_.leaves.q, kept_.leaves.k, kept_.leaves.v}, {dmixed});
    at::Tensor(gradients.q).copy_(leaves[0]);
    at::Tensor(gradients.k).copy_(leaves[1]);
    at::Tensor(gradients.v).copy_(leaves[2]);
  }
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
