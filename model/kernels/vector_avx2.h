// Eight floats: AVX2 and FMA.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace {

struct Vector {
  static constexpr int kWidth = 8;
  static constexpr int kTileRows = 6;  // 6 x 2 sums, 2 weights, 1 activation: 15 of 16 registers
  using Floats = float __attribute__((vector_size(32)));
  using Ints = int32_t __attribute__((vector_size(32)));

  static Floats Load(const float* p) { return (Floats)_mm256_loadu_ps(p); }
  static void Store(float* p, Floats v) { _mm256_storeu_ps(p, (__m256)v); }
  /// The first n numbers, n < 8, and `fill` in the other lanes.
  static Floats LoadFirst(const float* p, int64_t n, Floats fill) {
    const __m256i mask = FirstLanes(n);
    return (Floats)_mm256_blendv_ps((__m256)fill, _mm256_maskload_ps(p, mask), _mm256_castsi256_ps(mask));
  }
  static void StoreFirst(float* p, Floats v, int64_t n) { _mm256_maskstore_ps(p, FirstLanes(n), (__m256)v); }
  static Floats Set(float x) { return (Floats)_mm256_set1_ps(x); }
  static Floats Fma(Floats a, Floats b, Floats c) {
    return (Floats)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
  }
  static Floats Reciprocal(Floats x) { return Set(1.0f) / x; }
  static Floats Max(Floats a, Floats b) { return a > b ? a : b; }

 private:
  static __m256i FirstLanes(int64_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
};

}  // namespace
