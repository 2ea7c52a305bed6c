#include "model/attention.h"

#include <cmath>
#include <limits>

namespace vffn {
namespace {

/// Softmax attention with capped scores: q [tries, heads, T, s], k and v [tries, kv heads, T, s].
at::Tensor CappedAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                           const at::Tensor& mask, double scale, double softcap) {
  const int64_t group = q.size(1) / k.size(1);
  const at::Tensor keys = k.repeat_interleave(group, 1);
  at::Tensor scores = at::matmul(q, keys.transpose(2, 3)) * scale;  // [tries, heads, T, T]
  scores = at::tanh(scores / softcap) * softcap;
  const at::Tensor weights =
      at::softmax(scores.masked_fill(mask.logical_not(), -std::numeric_limits<double>::infinity()), -1);
  return at::matmul(weights, v.repeat_interleave(group, 1));
}

}  // namespace

Attention::Attention(const ModelConfig& config, int64_t layer, const ReadParameter& read,
                     const ComputeContext& context)
    : kernels_(context.kernels),
      precision_(context.precision),
      layout_{config.n_heads, config.n_kv_heads, config.head_size},
      has_window_(config.HasWindow(layer)),
      has_rope_(config.HasRope(layer)),
      qk_norm_(config.qk_norm),
      clip_(config.qkv_clip),
      scale_(config.attention_scale),
      softcap_(config.attention_softcap),
      qkv_(ReadLinear(read, "qkv", config.qkv_bias), context,
           context.work->flops(layer, Work::kAttentionProjections)),
      out_(ReadLinear(read, "attention_out", config.attention_out_bias), context,
           context.work->flops(layer, Work::kAttentionProjections)),
      flops_(&context.work->flops(layer, Work::kAttention)) {
  if (qk_norm_ != QkNorm::kNone) {
    q_norm_ = ReadQkNorm(read, "q_norm", config, context);
    k_norm_ = ReadQkNorm(read, "k_norm", config, context);
  }
}

void Attention::NormaliseHeads(at::Tensor qkv) const {
  const int64_t q_size = layout_.n_heads * layout_.head_size;
  const int64_t k_size = layout_.n_kv_heads * layout_.head_size;
  const at::Tensor keys = qkv.slice(1, q_size, q_size + k_size);
  if (qk_norm_ == QkNorm::kWhole) {
    q_norm_->ForwardGroups(qkv, 1, q_size);
    k_norm_->ForwardGroups(keys, 1, k_size);
  } else {
    q_norm_->ForwardGroups(qkv, layout_.n_heads, layout_.head_size);
    k_norm_->ForwardGroups(keys, layout_.n_kv_heads, layout_.head_size);
  }
}

kernels::RotationArgs Attention::Rotation(const RotaryAngles& angles) const {
  if (!has_rope_) {
    return {};
  }
  return {.cosine = angles.cosine.const_data_ptr<float>(),
          .sine = angles.sine.const_data_ptr<float>(),
          .half = angles.cosine.size(1)};
}

at::Tensor Attention::Mix(const at::Tensor& qkv, const AttentionPlan& plan,
                          const AttentionScope& scope) const {
  flops_->fetch_add(4 * layout_.n_heads * layout_.head_size * scope.visible_pairs, std::memory_order_relaxed);
  if (!kernels_) {
    return MixPadded(has_rope_ ? Rotate(qkv, scope.angles, layout_) : qkv, plan, scope);
  }
  at::Tensor mixed = at::empty({qkv.size(0), layout_.n_heads * layout_.head_size}, qkv.options());
  kernels_->attention({.qkv = qkv.const_data_ptr<float>(),
                       .out = mixed.mutable_data_ptr<float>(),
                       .segments = plan.segments,
                       .n_heads = layout_.n_heads,
                       .n_kv_heads = layout_.n_kv_heads,
                       .head_size = layout_.head_size,
                       .rotation = Rotation(scope.angles),
                       .scale = scale_ ? static_cast<float>(*scale_)
                                       : 1.0f / std::sqrt(static_cast<float>(layout_.head_size)),
                       .softcap = static_cast<float>(softcap_.value_or(0)),
                       .window = scope.window,
                       .precision = precision_});
  return mixed;
}

at::Tensor Attention::MixPadded(const at::Tensor& qkv, const AttentionPlan& plan,
                                const AttentionScope& scope) const {
  const at::Tensor padded = qkv.index_select(0, plan.rows.flatten())
                                .view({plan.rows.size(0), plan.rows.size(1), -1, layout_.head_size})
                                .transpose(1, 2);  // [tries, heads, longest, head_size]
  const auto parts = padded.split_with_sizes({layout_.n_heads, layout_.n_kv_heads, layout_.n_kv_heads}, 1);
  const double scale = scale_.value_or(1 / std::sqrt(static_cast<double>(layout_.head_size)));
  const at::Tensor mixed =
      softcap_ ? CappedAttention(parts[0], parts[1], parts[2], scope.mask, scale, *softcap_)
               : at::scaled_dot_product_attention(parts[0], parts[1], parts[2], scope.mask, /*dropout_p=*/0.0,
                                                  /*is_causal=*/false, scale, /*enable_gqa=*/true);
  return mixed.transpose(1, 2)
      .reshape({-1, layout_.n_heads * layout_.head_size})
      .index_select(0, plan.places);
}

at::Tensor Attention::forward(const at::Tensor& x, const ResidualConnection& connection,
                              const at::Tensor& stream, const AttentionPlan& plan) const {
  const AttentionScope& scope = has_window_ ? plan.windowed : plan.full;
  at::Tensor qkv = qkv_.forward(x, connection.before());  // [T, (n_heads + 2 n_kv_heads) * head_size]
  if (qk_norm_ != QkNorm::kNone) {
    NormaliseHeads(qkv);
  }
  if (clip_) {
    qkv.clamp_(-*clip_, *clip_);
  }
  return out_.Join(Mix(qkv, plan, scope), connection, stream);
}

}  // namespace vffn
