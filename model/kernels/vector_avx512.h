// Sixteen floats: AVX-512.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace {

struct Vector {
  static constexpr int kWidth = 16;
  static constexpr int kTileRows = 12;  // 12 x 2 sums, 2 weights, 1 activation: 27 of 32 registers
  using Floats = float __attribute__((vector_size(64)));
  using Ints = int32_t __attribute__((vector_size(64)));

  static Floats Load(const float* p) { return (Floats)_mm512_loadu_ps(p); }
  static void Store(float* p, Floats v) { _mm512_storeu_ps(p, (__m512)v); }
  /// The first n numbers, n < 16, and `fill` in the other lanes.
  static Floats LoadFirst(const float* p, int64_t n, Floats fill) {
    return (Floats)_mm512_mask_loadu_ps((__m512)fill, FirstLanes(n), p);
  }
  static void StoreFirst(float* p, Floats v, int64_t n) {
    _mm512_mask_storeu_ps(p, FirstLanes(n), (__m512)v);
  }
  static Floats Set(float x) { return (Floats)_mm512_set1_ps(x); }
  static Floats Fma(Floats a, Floats b, Floats c) {
    return (Floats)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
  }
  /// 1 / x within 2 units in the last place, for normal numbers.
  static Floats Reciprocal(Floats x) {
    const Floats estimate = (Floats)_mm512_maskz_rcp14_ps(0xffff, (__m512)x);
    return estimate * Fma(-x, estimate, Set(2.0f));
  }
  static Floats Max(Floats a, Floats b) { return a > b ? a : b; }

 private:
  static __mmask16 FirstLanes(int64_t n) { return static_cast<__mmask16>((1u << n) - 1); }
};

}  // namespace
