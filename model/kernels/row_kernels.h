// The norm of rows of numbers.
#pragma once

#include "model/kernels/vector_rows.h"

namespace {

using vffn::kernels::NormArgs;
using vffn::kernels::RowNorm;

/// 1 / sqrt(mean((x - mean)^2) + epsilon).
inline float InverseDeviation(const float* x, int64_t d, float mean, float epsilon) {
  const Floats m = Vector::Set(mean);
  LaneSum squares;
  ForEachVector(x, d, mean, [&](int64_t i, Floats v) { squares.AddSquare(i, v - m); });
  return 1.0f / std::sqrt(squares.Total() / static_cast<float>(d) + epsilon);
}

inline float MeanOf(const float* x, int64_t d) {
  LaneSum sum;
  ForEachVector(x, d, 0.0f, [&](int64_t i, Floats v) { sum.Add(i, v); });
  return sum.Total() / static_cast<float>(d);
}

/// `out` may be `x`.
inline void NormaliseRow(const RowNorm& norm, const float* x, int64_t d, float* out) {
  const float mean = norm.centred ? MeanOf(x, d) : 0.0f;
  const float scale = InverseDeviation(x, d, mean, norm.epsilon);
  if (norm.weight) {
    for (int64_t j = 0; j < d; ++j) {
      out[j] = (x[j] - mean) * scale * norm.weight[j];
    }
  } else {
    for (int64_t j = 0; j < d; ++j) {
      out[j] = (x[j] - mean) * scale;
    }
  }
  if (norm.bias) {
    for (int64_t j = 0; j < d; ++j) {
      out[j] += norm.bias[j];
    }
  }
}

void Norm(const NormArgs& args) {
  for (int64_t i = 0; i < args.rows * args.groups; ++i) {
    const int64_t group = i % args.groups;
    const int64_t begin = i / args.groups * args.stride + group * args.d;
    RowNorm norm = args.norm;
    norm.weight = norm.weight ? norm.weight + group * args.weight_step : nullptr;
    norm.bias = norm.bias ? norm.bias + group * args.weight_step : nullptr;
    NormaliseRow(norm, args.x + begin, args.d, args.out + begin);
  }
}

}  // namespace
