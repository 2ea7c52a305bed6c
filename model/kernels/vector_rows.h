// Vectors of numbers along a row: loads, sums in a fixed order, exp.
#pragma once

#include <cmath>

#include "model/kernels/kernel_memory.h"

namespace {

constexpr int kLanes = 16;  // partial sums of every reduction, whatever the width of a vector
constexpr int kLaneVectors = kLanes / kWidth;

/// Calls body(offset, values) for whole vectors of n numbers at x, the last one filled up with `fill`.
template <class Body>
inline void ForEachVector(const float* x, int64_t n, float fill, Body&& body) {
  int64_t i = 0;
  for (; i + kWidth <= n; i += kWidth) {
    body(i, Vector::Load(x + i));
  }
  if (i < n) {
    body(i, Vector::LoadFirst(x + i, n - i, Vector::Set(fill)));
  }
}

inline void StorePart(float* p, Floats v, int64_t count) {
  if (count >= kWidth) {
    Vector::Store(p, v);
  } else {
    Vector::StoreFirst(p, v, count);
  }
}

/// `count` numbers, at most kWidth of them; zeros in the other lanes.
inline Floats LoadPart(const float* p, int64_t count) {
  return count >= kWidth ? Vector::Load(p) : Vector::LoadFirst(p, count, Floats{});
}

inline void CopyRow(const float* from, int64_t n, float* to) {
  ForEachVector(from, n, 0.0f, [&](int64_t i, Floats v) { StorePart(to + i, v, n - i); });
}

/// Sums in kLanes fixed lanes, then as a tree: one order of additions for every instruction set.
class LaneSum {
 public:
  void Add(int64_t offset, Floats v) { lanes_[offset / kWidth % kLaneVectors] += v; }
  void AddSquare(int64_t offset, Floats v) {
    Floats& lane = lanes_[offset / kWidth % kLaneVectors];
    lane = Vector::Fma(v, v, lane);
  }
  /// The lanes as one vector, after the first additions of Total().
  Floats Folded() const {
    Floats sums[kLaneVectors];
    std::memcpy(sums, lanes_, sizeof sums);
    for (int step = kLaneVectors / 2; step > 0; step /= 2) {
      for (int i = 0; i < step; ++i) {
        sums[i] += sums[i + step];
      }
    }
    return sums[0];
  }
  float Total() const {
    float values[kLanes];
    for (int i = 0; i < kLaneVectors; ++i) {
      Vector::Store(values + i * kWidth, lanes_[i]);
    }
    for (int step = kLanes / 2; step > 0; step /= 2) {
      for (int i = 0; i < step; ++i) {
        values[i] += values[i + step];
      }
    }
    return values[0];
  }

 private:
  Floats lanes_[kLaneVectors] = {};
};

/// exp(x) for x <= 0 within 2 units in the last place; 0 below -87. NaN stays NaN.
inline Floats ExpOfNegative(Floats x) {
  const Floats magic = Vector::Set(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer
  const Floats shifted = Vector::Fma(x, Vector::Set(1.44269504088896341f), magic);
  const Floats n = shifted - magic;
  Floats r = Vector::Fma(n, Vector::Set(-0.693359375f), x);
  r = Vector::Fma(n, Vector::Set(2.12194440e-4f), r);
  Floats p = Vector::Set(1.9875691500e-4f);
  p = Vector::Fma(p, r, Vector::Set(1.3981999507e-3f));
  p = Vector::Fma(p, r, Vector::Set(8.3334519073e-3f));
  p = Vector::Fma(p, r, Vector::Set(4.1665795894e-2f));
  p = Vector::Fma(p, r, Vector::Set(1.6666665459e-1f));
  p = Vector::Fma(p, r, Vector::Set(5.0000001201e-1f));
  p = Vector::Fma(p, r * r, r) + Vector::Set(1.0f);
  const Ints exponent = ((Ints)shifted - 0x4B400000 + 127) << 23;
  return x < Vector::Set(-87.0f) ? Floats{} : p * (Floats)exponent;
}

/// tanh(x) within 4 units in the last place; NaN stays NaN. Small arguments have a minimax polynomial of
/// degree 9, others (1 - e) / (1 + e) with e = exp(-2 |x|).
inline Floats Tanh(Floats x) {
  const Floats one = Vector::Set(1.0f);
  const Floats magnitude = x < Floats{} ? -x : x;
  const Floats e = ExpOfNegative(magnitude * Vector::Set(-2.0f));
  const Floats large = (one - e) / (one + e);
  const Floats z = x * x;
  Floats p = Vector::Set(-0.0057049864f);
  p = Vector::Fma(p, z, Vector::Set(0.020639086f));
  p = Vector::Fma(p, z, Vector::Set(-0.053739715f));
  p = Vector::Fma(p, z, Vector::Set(0.13331442f));
  p = Vector::Fma(p, z, Vector::Set(-0.3333328f));
  const Floats small = Vector::Fma(p * z, x, x);
  return magnitude < Vector::Set(0.625f) ? small : (x < Floats{} ? -large : large);
}

/// Each of n numbers x at `values` becomes cap * tanh(scale * x / cap).
inline void SoftCap(float* values, int64_t n, float scale, float cap) {
  const Floats factor = Vector::Set(scale);
  const Floats c = Vector::Set(cap);
  ForEachVector(values, n, 0.0f,
                [&](int64_t i, Floats x) { StorePart(values + i, Tanh(x * factor / c) * c, n - i); });
}

inline float MaxOf(const float* x, int64_t n) {
  const float lowest = -INFINITY;
  Floats max = Vector::Set(lowest);
  ForEachVector(x, n, lowest, [&](int64_t, Floats v) { max = Vector::Max(max, v); });
  float values[kWidth];
  Vector::Store(values, max);
  float result = lowest;
  for (float value : values) {
    result = value > result ? value : result;
  }
  return result;
}

}  // namespace
