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
  static Floats Set(float x) { return (Floats)_mm256_set1_ps(x); }
  static Floats Fma(Floats a, Floats b, Floats c) {
    return (Floats)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
  }
  static Floats Reciprocal(Floats x) { return Set(1.0f) / x; }
  static Floats Max(Floats a, Floats b) { return a > b ? a : b; }
};

}  // namespace
