// Softmax of rows of attention scores of which each sees a range.
#pragma once

#include "model/kernels/vector_lanes.h"
#include "model/kernels/vector_rows.h"

namespace {

/// Rows of scores begin at a key whose number is a multiple of this, so that a key falls into the same lane
/// of sums wherever a row begins. Their length is a multiple, too.
constexpr int64_t kKeyAlignment = 32;
static_assert(kKeyAlignment % kPanel == 0 && kKeyAlignment % kLanes == 0);

/// The keys that a row sees: [begin, end) of its scores.
struct VisibleKeys {
  int64_t begin, end;
};

/// What becomes of a product of query and key before the softmax: scale * x or, with a soft cap c,
/// c tanh(scale * x / c).
struct ScoreScale {
  float scale, softcap;
};

/// -infinity instead of those of the keys i, i + 1, ... that are not seen.
inline Floats Masked(Floats scores, int64_t i, const VisibleKeys& keys) {
  const Ints key = LaneNumbers() + static_cast<int32_t>(i);
  const Floats hidden = Vector::Set(-INFINITY);
  return (key >= static_cast<int32_t>(keys.begin)) & (key < static_cast<int32_t>(keys.end)) ? scores : hidden;
}

/// Caps the scores that are seen if there is a cap, hides the others of the same blocks of kLanes, and
/// returns the maximum of every lane.
template <bool kCapped>
Floats CapAndMask(float* scores, const VisibleKeys& keys, const ScoreScale& scale) {
  const Floats factor = Vector::Set(scale.scale);
  const Floats cap = Vector::Set(scale.softcap);
  Floats max = Vector::Set(-INFINITY);
  for (int64_t block = keys.begin / kLanes * kLanes; block < keys.end; block += kLanes) {
    const bool masked = block < keys.begin || block + kLanes > keys.end;
    for (int64_t i = block; i < block + kLanes; i += kWidth) {
      Floats v = Vector::Load(scores + i);
      if (kCapped) {
        v = Tanh(v * factor / cap) * cap;
      }
      if (masked) {
        v = Masked(v, i, keys);
      }
      if (kCapped || masked) {
        Vector::Store(scores + i, v);
      }
      max = Vector::Max(max, v);
    }
  }
  return max;
}

/// exp(factor * (score - max)) of the scores of CapAndMask, zeros for the others up to `width`. Returns the
/// sums of lanes.
inline Floats ExpAndSum(float* scores, const VisibleKeys& keys, int64_t width, Floats max, Floats factor) {
  const int64_t begin = keys.begin / kLanes * kLanes;
  int64_t block = begin;
  LaneSum sum;
  for (; block < keys.end; block += kLanes) {
#pragma GCC unroll 4
    for (int j = 0; j < kLaneVectors; ++j) {
      float* at = scores + block + j * kWidth;
      const Floats e = ExpOfNegative((Vector::Load(at) - max) * factor);
      sum.Add(j * kWidth, e);
      Vector::Store(at, e);
    }
  }
  std::memset(scores, 0, begin * sizeof(float));
  std::memset(scores + block, 0, (width - block) * sizeof(float));
  return sum.Folded();
}

/// Caps and masks `rows` <= kWidth rows of products, `stride` apart. weigh(row, max, factor) turns a row into
/// weights exp(factor * (score - max)) and returns their sums of lanes. inverse[kWidth]: 1 / the sums of
/// rows.
template <class Weigh>
void SoftmaxRows(float* scores, int64_t stride, int64_t rows, const VisibleKeys* visible, ScoreScale scale,
                 float* inverse, Weigh&& weigh) {
  Floats lanes[kWidth];
  for (int64_t row = rows; row < kWidth; ++row) {
    lanes[row] = Vector::Set(1.0f);
  }
  for (int64_t row = 0; row < rows; ++row) {
    float* x = scores + row * stride;
    lanes[row] = scale.softcap > 0 ? CapAndMask<true>(x, visible[row], scale)
                                   : CapAndMask<false>(x, visible[row], scale);
  }
  float max[kWidth];
  Vector::Store(max, Reduce(lanes, [](Floats a, Floats b) { return Vector::Max(a, b); }));
  const Floats factor = Vector::Set(scale.softcap > 0 ? 1.0f : scale.scale);
  for (int64_t row = 0; row < rows; ++row) {
    lanes[row] = weigh(row, Vector::Set(max[row]), factor);
  }
  const Floats sums = Reduce(lanes, [](Floats a, Floats b) { return a + b; });
  Vector::Store(inverse, Vector::Set(1.0f) / sums);
}

}  // namespace
