#include "model/ropes.h"

#include <algorithm>

namespace vffn {
namespace {

/// For every row, whether its trie has a path of more than `length` tokens.
std::vector<uint8_t> InLongTries(const PackedBatch& batch, int64_t length) {
  std::vector<uint8_t> in_long(batch.tokens.size());
  for (const TrieRows& trie : TriesOf(batch)) {
    const auto begin = batch.positions.begin() + trie.begin;
    const auto end = batch.positions.begin() + trie.end;
    std::fill(in_long.begin() + trie.begin, in_long.begin() + trie.end,
              *std::max_element(begin, end) + 1 > length);
  }
  return in_long;
}

}  // namespace

Ropes::Ropes(const ModelConfig& config, const at::Device& device) {
  if (config.positions != Positions::kRotary) {
    return;
  }
  const int64_t length = config.max_sequence_length;
  full_.emplace(FullFrequencies(config), length, device);
  longest_short_ = LongestWithFullFrequencies(config);
  if (longest_short_ > 0) {
    long_.emplace(LongFrequencies(config), length, device);
  }
  if (config.window_rope_theta) {
    windowed_.emplace(WindowFrequencies(config), length, device);
  }
}

RotaryAngles Ropes::Full(const PackedBatch& batch) const {
  if (!full_) {
    return {};
  }
  RotaryAngles angles = full_->At(batch.positions);
  if (!long_) {
    return angles;
  }
  const std::vector<uint8_t> in_long = InLongTries(batch, longest_short_);
  if (std::ranges::find(in_long, 1) == in_long.end()) {
    return angles;
  }
  const RotaryAngles of_long = long_->At(batch.positions);
  const at::Tensor is_long =
      at::tensor(in_long, at::kByte).to(at::kBool).unsqueeze(1).to(angles.cosine.device());
  return {at::where(is_long, of_long.cosine, angles.cosine), at::where(is_long, of_long.sine, angles.sine)};
}

RotaryAngles Ropes::Windowed(const PackedBatch& batch) const {
  return windowed_ ? windowed_->At(batch.positions) : Full(batch);
}

}  // namespace vffn
