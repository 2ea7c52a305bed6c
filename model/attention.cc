#include "model/attention.h"

#include <algorithm>

namespace vffn {
namespace {

/// Rows [begin, end) of one trie.
struct TrieRows {
  int64_t begin, end;
};

std::vector<TrieRows> TriesOf(const PackedBatch& batch) {
  std::vector<TrieRows> tries;
  for (const Segment& segment : batch.segments) {
    if (segment.parent < 0) {
      tries.push_back({segment.begin, segment.end});
    } else {
      tries.back().end = segment.end;
    }
  }
  return tries;
}

/// Marks for every row its ancestors, and its own segment up to itself, as visible.
void FillMask(const PackedBatch& batch, const std::vector<TrieRows>& tries, bool* mask, int64_t longest) {
  int64_t trie = -1;
  for (const Segment& segment : batch.segments) {
    trie += segment.parent < 0;
    const int64_t origin = tries[trie].begin;
    for (int64_t row = segment.begin; row < segment.end; ++row) {
      bool* visible = mask + (trie * longest + row - origin) * longest;
      std::fill(visible + segment.begin - origin, visible + row - origin + 1, true);
      for (int32_t s = segment.parent; s >= 0; s = batch.segments[s].parent) {
        std::fill(visible + batch.segments[s].begin - origin, visible + batch.segments[s].end - origin, true);
      }
    }
  }
}

}  // namespace

Attention::Attention(const ModelConfig& config, const LinearParameters& qkv, const LinearParameters& out,
                     const ComputeContext& context, int64_t layer)
    : kernels_(context.kernels),
      layout_{config.n_heads, config.n_kv_heads, config.head_size},
      qkv_(qkv, context, context.work->flops(layer, Work::kAttentionProjections)),
      out_(out, context, context.work->flops(layer, Work::kAttentionProjections)),
      flops_(&context.work->flops(layer, Work::kAttention)) {}

AttentionPlan PlanAttention(const PackedBatch& batch, const RotaryTable& rotary,
                            const ComputeContext& context) {
  AttentionPlan plan{
      .angles = rotary.At(batch.positions), .segments = batch.segments, .visible_pairs = VisiblePairs(batch)};
  if (context.kernels) {
    return plan;
  }
  const std::vector<TrieRows> tries = TriesOf(batch);
  const auto n_tries = static_cast<int64_t>(tries.size());
  int64_t longest = 0;
  for (const TrieRows& trie : tries) {
    longest = std::max(longest, trie.end - trie.begin);
  }
  plan.rows = at::zeros({n_tries, longest}, at::kLong);
  plan.places = at::empty({batch.size()}, at::kLong);
  plan.mask = at::zeros({n_tries, 1, longest, longest}, at::kBool);
  auto* rows = plan.rows.mutable_data_ptr<int64_t>();
  auto* places = plan.places.mutable_data_ptr<int64_t>();
  auto* mask = plan.mask.mutable_data_ptr<bool>();
  FillMask(batch, tries, mask, longest);
  for (int64_t trie = 0; trie < n_tries; ++trie) {
    for (int64_t row = tries[trie].begin; row < tries[trie].end; ++row) {
      const int64_t place = trie * longest + row - tries[trie].begin;
      rows[place] = row;
      places[row] = place;
    }
    for (int64_t i = tries[trie].end - tries[trie].begin; i < longest; ++i) {
      mask[(trie * longest + i) * longest] = true;  // padding sees one key, so that its softmax is finite
    }
  }
  plan.rows = plan.rows.to(context.device);
  plan.places = plan.places.to(context.device);
  plan.mask = plan.mask.to(context.device);
  return plan;
}

at::Tensor Attention::Mix(const at::Tensor& qkv, const AttentionPlan& plan) const {
  flops_->fetch_add(4 * layout_.n_heads * layout_.head_size * plan.visible_pairs, std::memory_order_relaxed);
  if (kernels_) {
    at::Tensor mixed = at::empty({qkv.size(0), layout_.n_heads * layout_.head_size}, qkv.options());
    kernels_->attention({.qkv = qkv.const_data_ptr<float>(),
                         .out = mixed.mutable_data_ptr<float>(),
                         .segments = plan.segments,
                         .n_heads = layout_.n_heads,
                         .n_kv_heads = layout_.n_kv_heads,
                         .head_size = layout_.head_size});
    return mixed;
  }
  const at::Tensor padded = qkv.index_select(0, plan.rows.flatten())
                                .view({plan.rows.size(0), plan.rows.size(1), -1, layout_.head_size})
                                .transpose(1, 2);  // [tries, heads, longest, head_size]
  const auto parts = padded.split_with_sizes({layout_.n_heads, layout_.n_kv_heads, layout_.n_kv_heads}, 1);
  const at::Tensor mixed =
      at::scaled_dot_product_attention(parts[0], parts[1], parts[2], plan.mask, /*dropout_p=*/0.0,
                                       /*is_causal=*/false, /*scale=*/std::nullopt, /*enable_gqa=*/true);
  return mixed.transpose(1, 2)
      .reshape({-1, layout_.n_heads * layout_.head_size})
      .index_select(0, plan.places);
}

at::Tensor Attention::forward(const at::Tensor& x, const AttentionPlan& plan) const {
  const at::Tensor qkv = Rotate(qkv_.forward(x), plan.angles, layout_,
                                kernels_);  // [T, (n_heads + 2 n_kv_heads) * head_size]
  return out_.forward(Mix(qkv, plan));
}

}  // namespace vffn
