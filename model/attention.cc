#include "model/attention.h"

#include <cmath>
#include <limits>

namespace vffn {
namespace {

constexpr double kHidden = -std::numeric_limits<double>::infinity();

/// The heads of some padded tries: [tries, heads, length, head_size].
struct PaddedHeads {
  at::Tensor q, k, v;
};

/// The same for every query head of its group: [tries, kv heads, length, s] to [tries, heads, length, s].
at::Tensor ForEveryHead(const at::Tensor& kv, int64_t n_heads) {
  return kv.size(1) == n_heads ? kv : kv.repeat_interleave(n_heads / kv.size(1), 1);
}

/// Softmax attention with capped scores, in float32. `mask` is undefined if every row attends to all before
/// it.
at::Tensor CappedAttention(const PaddedHeads& heads, const at::Tensor& mask, double scale, double softcap) {
  const at::Tensor q = heads.q.to(at::kFloat), k = heads.k.to(at::kFloat);
  const at::Tensor scores = at::tanh(at::matmul(q, k.transpose(2, 3)) * (scale / softcap)) * softcap;
  const at::Tensor hidden =
      mask.defined() ? mask.to(at::kFloat) : at::full({q.size(2), q.size(2)}, kHidden, q.options()).triu(1);
  return at::matmul(at::softmax(scores + hidden, -1), heads.v.to(at::kFloat)).to(heads.q.scalar_type());
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
  const double scale = scale_.value_or(1 / std::sqrt(static_cast<double>(layout_.head_size)));
  // One row more than the batch has: there goes what padding computes.
  const at::Tensor mixed = at::empty({qkv.size(0) + 1, layout_.n_heads * layout_.head_size}, qkv.options());
  for (size_t i = 0; i < plan.tries.size(); ++i) {
    const PaddedTries& tries = plan.tries[i];
    const at::Tensor padded = qkv.index_select(0, tries.rows)
                                  .view({tries.count, tries.length, -1, layout_.head_size})
                                  .transpose(1, 2);  // [tries, all heads, length, head_size]
    const auto parts = padded.split_with_sizes({layout_.n_heads, layout_.n_kv_heads, layout_.n_kv_heads}, 1);
    const PaddedHeads heads{.q = parts[0],
                            .k = ForEveryHead(parts[1], layout_.n_heads),
                            .v = ForEveryHead(parts[2], layout_.n_heads)};
    const at::Tensor& mask = scope.masks[i];
    const at::Tensor out =
        softcap_
            ? CappedAttention(heads, mask, scale, *softcap_)
            : at::scaled_dot_product_attention(
                  heads.q, heads.k, heads.v,
                  mask.defined() ? std::optional(mask.expand({-1, layout_.n_heads, -1, -1})) : std::nullopt,
                  /*dropout_p=*/0.0, /*is_causal=*/!mask.defined(), scale);
    mixed.index_copy_(0, tries.places, out.transpose(1, 2).reshape({-1, mixed.size(1)}));
  }
  return mixed.slice(0, 0, qkv.size(0));
}

at::Tensor Attention::forward(const at::Tensor& x, const ResidualConnection& connection,
                              const at::Tensor& stream, const AttentionPlan& plan) const {
  const AttentionScope& scope = has_window_ ? plan.windowed : plan.full;
  at::Tensor qkv = qkv_.ForwardInner(x, connection.before());  // [T, (n_heads + 2 n_kv_heads) * head_size]
  if (qk_norm_ != QkNorm::kNone) {
    NormaliseHeads(qkv);
  }
  if (clip_) {
    qkv.clamp_(-*clip_, *clip_);
  }
  return out_.Join(Mix(qkv, plan, scope), connection, stream);
}

}  // namespace vffn
