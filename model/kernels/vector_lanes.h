// Rearranges the lanes of vectors: transposed squares, one result per vector.
#pragma once

#include <utility>

#include "model/kernels/kernel_memory.h"

namespace {

using LaneIndexes = std::make_integer_sequence<int, kWidth>;

template <int... lane>
Ints LaneNumbers(std::integer_sequence<int, lane...>) {
  return Ints{lane...};
}
inline Ints LaneNumbers() { return LaneNumbers(LaneIndexes()); }

/// Lanes 0, 1, ... of a and b in turn, from the first half of each or, with kHalf 1, from the second.
template <int kHalf, int... lane>
Floats Interleave(Floats a, Floats b, std::integer_sequence<int, lane...>) {
  return __builtin_shufflevector(a, b, (lane % 2 * kWidth + kHalf * kWidth / 2 + lane / 2)...);
}

/// Transposes a square of kWidth vectors.
inline void Transpose(Floats* v) {
  Floats other[kWidth];
#pragma GCC unroll 4
  for (int stage = kWidth; stage > 1; stage /= 2) {
#pragma GCC unroll 16
    for (int i = 0; i < kWidth / 2; ++i) {
      other[2 * i] = Interleave<0>(v[i], v[i + kWidth / 2], LaneIndexes());
      other[2 * i + 1] = Interleave<1>(v[i], v[i + kWidth / 2], LaneIndexes());
    }
#pragma GCC unroll 16
    for (int i = 0; i < kWidth; ++i) {
      v[i] = other[i];
    }
  }
}

/// Of each group of 2 kStep lanes, of a's and then of b's: the first kStep lanes or, with kHalf 1, the
/// others.
template <int kHalf, int kStep, int... lane>
Floats Halves(Floats a, Floats b, std::integer_sequence<int, lane...>) {
  return __builtin_shufflevector(a, b, (lane / kStep * 2 * kStep + lane % kStep + kHalf * kStep)...);
}

/// Lane i becomes the reduction of all lanes of v[i]: of a lane and the one kWidth / 2 after it, of those
/// results and the ones kWidth / 4 after them, and so on. Overwrites v.
template <int kStep = kWidth / 2, class Operation>
Floats Reduce(Floats* v, const Operation& operation) {
#pragma GCC unroll 16
  for (int i = 0; i < kStep; ++i) {
    v[i] = operation(Halves<0, kStep>(v[2 * i], v[2 * i + 1], LaneIndexes()),
                     Halves<1, kStep>(v[2 * i], v[2 * i + 1], LaneIndexes()));
  }
  if constexpr (kStep > 1) {
    return Reduce<kStep / 2>(v, operation);
  } else {
    return v[0];
  }
}

}  // namespace
