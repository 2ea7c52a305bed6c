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
  at::Tensor out = at::empty_like(qkv);
  const auto heads_of = [&](const at::Tensor& rows_of_heads, int64_t begin, int64_t end) {
    return rows_of_heads.view({rows, rotated + layout.n_kv_heads, layout.head_size}).slice(1, begin, end);
  };
  const at::Tensor from = heads_of(qkv, 0, rotated), to = heads_of(out, 0, rotated);  // [T, heads, head_size]
  const auto halves = from.slice(2, 0, rotary_size).chunk(2, 2);  // [T, heads, rotary_size/2] each
  auto turned = to.slice(2, 0, rotary_size).chunk(2, 2);
  const at::Tensor cosine = angles.cosine.unsqueeze(1);  // [T, 1, rotary_size/2]
  const at::Tensor sine = angles.sine.unsqueeze(1);
  // Sums in float32, whatever the type of qkv.
  at::addcmul_out(turned[0], halves[0] * cosine, halves[1], sine, -1);
  at::addcmul_out(turned[1], halves[1] * cosine, halves[0], sine, 1);
  to.slice(2, rotary_size).copy_(from.slice(2, rotary_size));
  heads_of(out, rotated, rotated + layout.n_kv_heads)
      .copy_(heads_of(qkv, rotated, rotated + layout.n_kv_heads));
  return out;
}

}  // namespace vffn
