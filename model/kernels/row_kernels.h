// Kernels that go through rows of numbers: norm, rotary embedding, SwiGLU. Included after block_multiply.h.
#pragma once

#include "model/kernels/vector_rows.h"

namespace {

void RmsNorm(const float* x, const float* weight, float epsilon, int64_t rows, int64_t d, float* out) {
  for (int64_t row = 0; row < rows; ++row, x += d, out += d) {
    LaneSum squares;
    ForEachVector(x, d, 0.0f, [&](int64_t i, Floats v) { squares.AddSquare(i, v); });
    const float scale = 1.0f / std::sqrt(squares.Total() / static_cast<float>(d) + epsilon);
    for (int64_t i = 0; i < d; ++i) {
      out[i] = x[i] * scale * weight[i];
    }
  }
}

void Rotary(float* qkv, int64_t rows, int64_t stride, int64_t heads, int64_t head_size, const float* cosine,
            const float* sine) {
  const int64_t half = head_size / 2;
  for (int64_t row = 0; row < rows; ++row) {
    const float* c = cosine + row * half;
    const float* s = sine + row * half;
    for (int64_t head = 0; head < heads; ++head) {
      float* first = qkv + row * stride + head * head_size;
      float* second = first + half;
      for (int64_t i = 0; i < half; ++i) {
        const float a = first[i];
        const float b = second[i];
        first[i] = a * c[i] - b * s[i];
        second[i] = b * c[i] + a * s[i];
      }
    }
  }
}

void SwiGlu(const float* linear, const float* activated, int64_t stride, int64_t rows, int64_t f,
            float* out) {
  const Floats one = Vector::Set(1.0f);
  for (int64_t row = 0; row < rows; ++row, linear += stride, activated += stride, out += f) {
    ForEachVector(activated, f, 0.0f, [&](int64_t i, Floats x) {
      const Floats e = ExpOfNegative(x > Floats{} ? -x : x);  // exp(-|x|) cannot overflow
      const Floats silu = x * (x < Floats{} ? e : one) / (one + e);
      StorePart(out + i, silu, f - i);
    });
    for (int64_t i = 0; i < f; ++i) {
      out[i] *= linear[i];
    }
  }
}

}  // namespace
