#include "model/padded_tries.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <span>

#include "base/error.h"

namespace vffn {
namespace {

constexpr int64_t kLengthStep =
    16;  // of padded lengths: LibTorch's fastest kernels want masks of aligned rows

/// For every row, the end of the rows that descend from it.
std::vector<int32_t> DescendantEnds(const PackedBatch& batch) {
  std::vector<int32_t> of_segment;
  for (const Segment& segment : batch.segments) {
    of_segment.push_back(segment.end);
  }
  for (size_t s = batch.segments.size(); s-- > 0;) {
    if (const int32_t parent = batch.segments[s].parent; parent >= 0) {
      of_segment[parent] = std::max(of_segment[parent], of_segment[s]);
    }
  }
  std::vector<int32_t> ends;
  int64_t pairs = 0;
  for (size_t s = 0; s < batch.segments.size(); ++s) {
    for (int32_t row = batch.segments[s].begin; row < batch.segments[s].end; ++row) {
      ends.push_back(of_segment[s]);
      pairs += of_segment[s] - row;
    }
  }
  // Every row has as many ancestors as its position says only if nothing foreign stands among descendants.
  VFFN_CHECK(pairs == VisiblePairs(batch), "the segments of a batch are not in depth-first order");
  return ends;
}

/// Fills the tables of some tries on the CPU and moves them to a device.
class TriePadder {
 public:
  TriePadder(const PackedBatch& batch, const at::Device& device)
      : batch_(batch), device_(device), ends_(DescendantEnds(batch)) {}

  PaddedTries Pad(std::span<const TrieRows> tries) const {
    const auto count = static_cast<int64_t>(tries.size());
    const int64_t longest = tries.front().end - tries.front().begin;
    const int64_t length = (longest + kLengthStep - 1) / kLengthStep * kLengthStep;
    const at::Tensor rows = at::zeros({2, count, length}, at::kLong);
    const at::Tensor masks = at::zeros({2, count, length}, at::kInt);
    rows[1].fill_(batch_.size());
    for (int64_t i = 0; i < count; ++i) {
      const auto begin = static_cast<int32_t>(tries[i].begin);
      int64_t* row = rows.mutable_data_ptr<int64_t>() + i * length;
      int32_t* end = masks.mutable_data_ptr<int32_t>() + i * length;
      for (int64_t j = 0; j < tries[i].end - begin; ++j) {
        row[j] = row[count * length + j] = begin + j;
        end[j] = ends_[begin + j] - begin;
        end[count * length + j] = batch_.positions[begin + j];
      }
      end[0] = static_cast<int32_t>(length);  // padding sees one key, the root: its softmax is finite
    }
    const at::Tensor rows_there = rows.to(device_), masks_there = masks.to(device_);
    return {.count = count,
            .length = length,
            .chains = std::ranges::all_of(tries, [&](const TrieRows& trie) { return IsChain(trie); }),
            .rows = rows_there[0].flatten(),
            .places = rows_there[1].flatten(),
            .ends = masks_there[0],
            .positions = masks_there[1]};
  }

 private:
  bool IsChain(const TrieRows& trie) const {
    return batch_.positions[trie.end - 1] == static_cast<int32_t>(trie.end - trie.begin) - 1;
  }

  const PackedBatch& batch_;
  at::Device device_;
  std::vector<int32_t> ends_;
};

}  // namespace

at::Tensor PaddedTries::Mask(int64_t window, at::ScalarType type) const {
  const at::Tensor place = at::arange(length, ends.options());    // [length]
  at::Tensor visible = ends.unsqueeze(1).gt(place.unsqueeze(1));  // [count, length, length]
  visible.logical_and_(place.unsqueeze(1).ge(place));
  if (window > 0) {
    visible.logical_and_((positions.unsqueeze(2) - positions.unsqueeze(1)).lt(window));
  }
  return at::zeros(visible.sizes(), ends.options().dtype(type))
      .masked_fill_(visible.logical_not(), -std::numeric_limits<double>::infinity())
      .unsqueeze(1);
}

std::vector<PaddedTries> PadTries(const PackedBatch& batch, const at::Device& device) {
  std::vector<TrieRows> tries = TriesOf(batch);
  const auto length = [](const TrieRows& trie) { return trie.end - trie.begin; };
  std::ranges::stable_sort(tries, std::greater(), length);
  const TriePadder padder(batch, device);
  std::vector<PaddedTries> padded;
  for (auto begin = tries.begin(); begin != tries.end();) {
    const int64_t shortest = std::max<int64_t>(0, length(*begin) * 3 / 4);
    const auto end =
        std::find_if(begin, tries.end(), [&](const TrieRows& trie) { return length(trie) < shortest; });
    padded.push_back(padder.Pad({begin, end}));
    begin = end;
  }
  return padded;
}

}  // namespace vffn
