#include "model/rotary.h"

#include <cmath>

namespace vffn {

Rotary::Rotary(const ModelConfig& config, const ComputeContext& context)
    : kernels_(context.kernels),
      device_(context.device),
      rotated_heads_(config.n_heads + config.n_kv_heads),
      all_heads_(config.n_heads + 2 * config.n_kv_heads),
      head_size_(config.head_size) {
  for (int64_t j = 0; j < head_size_ / 2; ++j) {
    const float exponent = static_cast<float>(2 * j) / static_cast<float>(head_size_);
    frequency_.push_back(1.0f / std::pow(static_cast<float>(config.rope_theta), exponent));
  }
}

RotaryAngles Rotary::Angles(const std::vector<int32_t>& positions) const {
  const auto rows = static_cast<int64_t>(positions.size());
  const int64_t half = head_size_ / 2;
  const at::Tensor cosine = at::empty({rows, half}, at::kFloat);
  const at::Tensor sine = at::empty({rows, half}, at::kFloat);
  float* c = cosine.mutable_data_ptr<float>();
  float* s = sine.mutable_data_ptr<float>();
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t j = 0; j < half; ++j) {
      const float angle = static_cast<float>(positions[row]) * frequency_[j];
      *c++ = std::cos(angle);
      *s++ = std::sin(angle);
    }
  }
  return {cosine.to(device_), sine.to(device_)};
}

at::Tensor Rotary::forward(at::Tensor qkv, const RotaryAngles& angles) const {
  const int64_t rows = qkv.size(0);
  if (kernels_) {
    kernels_->rotary(qkv.mutable_data_ptr<float>(), rows, qkv.stride(0), rotated_heads_, head_size_,
                     angles.cosine.const_data_ptr<float>(), angles.sine.const_data_ptr<float>());
    return qkv;
  }
  const auto parts = qkv.view({rows, all_heads_, head_size_})
                         .split_with_sizes({rotated_heads_, all_heads_ - rotated_heads_}, 1);
  const auto halves = parts[0].chunk(2, -1);             // [T, heads, head_size/2] each
  const at::Tensor cosine = angles.cosine.unsqueeze(1);  // [T, 1, head_size/2]
  const at::Tensor sine = angles.sine.unsqueeze(1);
  const at::Tensor rotated =
      at::cat({halves[0] * cosine - halves[1] * sine, halves[1] * cosine + halves[0] * sine}, -1);
  return at::cat({rotated, parts[1]}, 1).view({rows, all_heads_ * head_size_});
}

}  // namespace vffn
