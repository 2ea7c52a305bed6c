// Scratch memory, index arithmetic and bfloat16 of one instruction set's kernels. Included once in each
// instruction set's translation unit, after its Vector, inside an anonymous namespace.
#pragma once

#include <cstdint>
#include <cstring>

#include "model/kernels/kernels.h"

namespace {

using vffn::kernels::AlignedBytes;
using vffn::kernels::AllocateAligned;
using vffn::kernels::GemmPrecision;
using vffn::kernels::PackedMatrix;

using Floats = Vector::Floats;
using Ints = Vector::Ints;
constexpr int kWidth = Vector::kWidth;
constexpr int kTileRows = Vector::kTileRows;
constexpr int kPanel = 2 * kWidth;  // columns of a panel of weights

inline int64_t DivideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }
inline int64_t RoundUp(int64_t a, int64_t b) { return DivideUp(a, b) * b; }
inline int64_t Min(int64_t a, int64_t b) { return a < b ? a : b; }
inline int64_t Max(int64_t a, int64_t b) { return a < b ? b : a; }

/// Memory of one thread for one purpose, grown as needed, not cleared.
template <class T, int kPurpose>
T* Scratch(int64_t count) {
  static thread_local AlignedBytes memory;
  static thread_local int64_t capacity = 0;
  if (count > capacity) {
    memory.reset();
    memory = AllocateAligned(static_cast<size_t>(count) * sizeof(T));
    capacity = count;
  }
  return reinterpret_cast<T*>(memory.get());
}

inline uint32_t Bits(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

/// The upper half of the float, rounded to nearest even; NaN stays NaN.
inline uint16_t ToBfloat16(float x) {
  const uint32_t bits = Bits(x);
  const uint32_t rounded = bits + 0x7fff + ((bits >> 16) & 1);
  return x != x ? 0x7fc0 : static_cast<uint16_t>(rounded >> 16);
}

inline float FromBfloat16(uint16_t x) {
  const uint32_t bits = static_cast<uint32_t>(x) << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace
