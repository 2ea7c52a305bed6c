#include "model/attention_plan.h"

#include <algorithm>

namespace vffn {
namespace {

/// The tries of a batch, padded to the longest one.
class PaddedTries {
 public:
  explicit PaddedTries(const PackedBatch& batch) : batch_(batch), tries_(TriesOf(batch)) {
    for (const TrieRows& trie : tries_) {
      longest_ = std::max(longest_, trie.end - trie.begin);
    }
  }

  /// AttentionPlan::rows and places.
  void Place(const at::Device& device, AttentionPlan& plan) const {
    const at::Tensor rows = at::zeros({count(), longest_}, at::kLong);
    const at::Tensor places = at::empty({batch_.size()}, at::kLong);
    for (int64_t trie = 0; trie < count(); ++trie) {
      for (int64_t row = tries_[trie].begin; row < tries_[trie].end; ++row) {
        const int64_t place = trie * longest_ + row - tries_[trie].begin;
        rows.mutable_data_ptr<int64_t>()[place] = row;
        places.mutable_data_ptr<int64_t>()[row] = place;
      }
    }
    plan.rows = rows.to(device);
    plan.places = places.to(device);
  }

  /// AttentionScope::mask.
  at::Tensor Mask(int64_t window, const at::Device& device) const {
    const at::Tensor mask = at::zeros({count(), 1, longest_, longest_}, at::kBool);
    bool* visible = mask.mutable_data_ptr<bool>();
    int64_t trie = -1;
    for (const Segment& segment : batch_.segments) {
      trie += segment.parent < 0;
      for (int64_t row = segment.begin; row < segment.end; ++row) {
        MarkVisible(segment, row, window, tries_[trie].begin,
                    visible + (trie * longest_ + row - tries_[trie].begin) * longest_);
      }
    }
    for (trie = 0; trie < count(); ++trie) {
      for (int64_t i = tries_[trie].end - tries_[trie].begin; i < longest_; ++i) {
        visible[(trie * longest_ + i) * longest_] = true;  // padding sees one key: its softmax is finite
      }
    }
    return mask.to(device);
  }

 private:
  int64_t count() const { return static_cast<int64_t>(tries_.size()); }

  /// Marks the row's ancestors, and its own segment up to itself, as far as the window reaches. visible[0] is
  /// the row `origin`.
  void MarkVisible(const Segment& segment, int64_t row, int64_t window, int64_t origin, bool* visible) const {
    const int64_t first_position = window > 0 ? batch_.positions[row] + 1 - window : 0;
    const auto mark = [&](int64_t begin, int64_t end) {  // rows of one segment: positions go up by one
      const int64_t hidden = std::clamp<int64_t>(first_position - batch_.positions[begin], 0, end - begin);
      std::fill(visible + begin + hidden - origin, visible + end - origin, true);
    };
    mark(segment.begin, row + 1);
    for (int32_t s = segment.parent; s >= 0; s = batch_.segments[s].parent) {
      mark(batch_.segments[s].begin, batch_.segments[s].end);
    }
  }

  const PackedBatch& batch_;
  std::vector<TrieRows> tries_;
  int64_t longest_ = 0;
};

}  // namespace

AttentionPlan PlanAttention(const PackedBatch& batch, const ModelConfig& config, const Ropes& ropes,
                            const ComputeContext& context) {
  AttentionPlan plan{.full = {.angles = ropes.Full(batch), .visible_pairs = VisiblePairs(batch)},
                     .segments = batch.segments};
  if (config.window > 0) {
    plan.windowed = {.angles = config.window_rope_theta ? ropes.Windowed(batch) : plan.full.angles,
                     .window = config.window,
                     .visible_pairs = VisiblePairs(batch, config.window)};
  }
  if (context.kernels) {
    return plan;
  }
  const PaddedTries tries(batch);
  tries.Place(context.device, plan);
  plan.full.mask = tries.Mask(0, context.device);
  if (config.window > 0) {
    plan.windowed.mask = tries.Mask(config.window, context.device);
  }
  return plan;
}

}  // namespace vffn
