#include "model/rotary.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "model/packed_batch.h"

namespace vffn {

RotaryAngles RotaryTable::Compute(int64_t positions) const {
  const auto pairs = static_cast<int64_t>(frequencies_.radians.size());
  const at::Tensor cosine = at::empty({positions, pairs}, at::kFloat);
  const at::Tensor sine = at::empty({positions, pairs}, at::kFloat);
  float* c = cosine.mutable_data_ptr<float>();
  float* s = sine.mutable_data_ptr<float>();
  for (int64_t position = 0; position < positions; ++position) {
    for (const float frequency : frequencies_.radians) {
      const float angle = static_cast<float>(position) * frequency;
      *c++ = std::cos(angle) * frequencies_.amplitude;
      *s++ = std::sin(angle) * frequencies_.amplitude;
    }
  }
  return {cosine.to(device_), sine.to(device_)};
}

RotaryAngles RotaryTable::At(const std::vector<int32_t>& positions) const {
  CheckPositions(positions, max_sequence_length_);
  const int64_t length = positions.empty() ? 0 : *std::ranges::max_element(positions) + int64_t{1};
  RotaryAngles table;
  {
    const std::lock_guard lock(mutex_);
    if (!table_.cosine.defined() || table_.cosine.size(0) < length) {
      const auto rows = static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(length)));
      table_ = Compute(std::min(rows, max_sequence_length_));
    }
    table = table_;
  }
  const at::Tensor index = at::tensor(positions, at::kInt).to(device_);  // [T]
  return {table.cosine.index_select(0, index), table.sine.index_select(0, index)};
}

at::Tensor Rotate(const at::Tensor& qkv, const RotaryAngles& angles, const HeadLayout& layout) {
  const int64_t rows = qkv.size(0);
  const int64_t rotated = layout.n_heads + layout.n_kv_heads;  // queries and keys
  const int64_t rotary_size = 2 * angles.cosine.size(1);
  const auto heads = qkv.view({rows, rotated + layout.n_kv_heads, layout.head_size})
                         .split_with_sizes({rotated, layout.n_kv_heads}, 1);
  const auto halves = heads[0].slice(2, 0, rotary_size).chunk(2, -1);  // [T, heads, rotary_size/2] each
  const at::Tensor rest = heads[0].slice(2, rotary_size);              // [T, heads, head_size - rotary_size]
  const at::Tensor cosine = angles.cosine.unsqueeze(1);                // [T, 1, rotary_size/2]
  const at::Tensor sine = angles.sine.unsqueeze(1);
  const at::Tensor turned =
      at::cat({halves[0] * cosine - halves[1] * sine, halves[1] * cosine + halves[0] * sine, rest}, -1);
  return at::cat({turned, heads[1]}, 1).flatten(1);
}

}  // namespace vffn
