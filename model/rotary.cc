#include "model/rotary.h"

#include <cmath>

#include "base/error.h"

namespace vffn {

RotaryTable::RotaryTable(const ModelConfig& config, const at::Device& device) {
  const int64_t half = config.head_size / 2;
  std::vector<float> frequency;  // [head_size/2], radians per position
  for (int64_t j = 0; j < half; ++j) {
    const float exponent = static_cast<float>(2 * j) / static_cast<float>(config.head_size);
    frequency.push_back(1.0f / std::pow(static_cast<float>(config.rope_theta), exponent));
  }
  const at::Tensor cosine = at::empty({config.max_sequence_length, half}, at::kFloat);
  const at::Tensor sine = at::empty({config.max_sequence_length, half}, at::kFloat);
  float* c = cosine.mutable_data_ptr<float>();
  float* s = sine.mutable_data_ptr<float>();
  for (int64_t position = 0; position < config.max_sequence_length; ++position) {
    for (int64_t j = 0; j < half; ++j) {
      const float angle = static_cast<float>(position) * frequency[j];
      *c++ = std::cos(angle);
      *s++ = std::sin(angle);
    }
  }
  cosine_ = cosine.to(device);
  sine_ = sine.to(device);
}

RotaryAngles RotaryTable::At(const std::vector<int32_t>& positions) const {
  for (const int32_t position : positions) {
    VFFN_CHECK(position >= 0 && position < cosine_.size(0), "position ", position,
               " is outside the model's longest sequence of ", cosine_.size(0), " tokens");
  }
  const at::Tensor index = at::tensor(positions, at::kInt).to(cosine_.device());  // [T]
  return {cosine_.index_select(0, index), sine_.index_select(0, index)};
}

at::Tensor Rotate(at::Tensor qkv, const RotaryAngles& angles, const HeadLayout& layout,
                  const kernels::Kernels* kernels) {
  const int64_t rows = qkv.size(0);
  const int64_t rotated = layout.n_heads + layout.n_kv_heads;  // queries and keys
  if (kernels) {
    kernels->rotary(qkv.mutable_data_ptr<float>(), rows, qkv.stride(0), rotated, layout.head_size,
                    angles.cosine.const_data_ptr<float>(), angles.sine.const_data_ptr<float>());
    return qkv;
  }
  const auto parts = qkv.view({rows, rotated + layout.n_kv_heads, layout.head_size})
                         .split_with_sizes({rotated, layout.n_kv_heads}, 1);
  const auto halves = parts[0].chunk(2, -1);             // [T, heads, head_size/2] each
  const at::Tensor cosine = angles.cosine.unsqueeze(1);  // [T, 1, head_size/2]
  const at::Tensor sine = angles.sine.unsqueeze(1);
  const at::Tensor turned =
      at::cat({halves[0] * cosine - halves[1] * sine, halves[1] * cosine + halves[0] * sine}, -1);
  return at::cat({turned, parts[1]}, 1).flatten(1);
}

}  // namespace vffn
