// Four floats, any processor.
#pragma once

#include <cstdint>
#include <cstring>

namespace {

struct Vector {
  static constexpr int kWidth = 4;
  static constexpr int kTileRows = 4;
  using Floats = float __attribute__((vector_size(16)));
  using Ints = int32_t __attribute__((vector_size(16)));

  static Floats Load(const float* p) {
    Floats v;
    std::memcpy(&v, p, sizeof v);
    return v;
  }
  static void Store(float* p, Floats v) { std::memcpy(p, &v, sizeof v); }
  /// The first n numbers, n < 4, and `fill` in the other lanes.
  static Floats LoadFirst(const float* p, int64_t n, Floats fill) {
    for (int64_t i = 0; i < n; ++i) {
      fill[i] = p[i];
    }
    return fill;
  }
  static void StoreFirst(float* p, Floats v, int64_t n) {
    for (int64_t i = 0; i < n; ++i) {
      p[i] = v[i];
    }
  }
  static Floats Set(float x) { return Floats{x, x, x, x}; }
  static Floats Fma(Floats a, Floats b, Floats c) { return a * b + c; }
  static Floats Reciprocal(Floats x) { return Set(1.0f) / x; }
  static Floats Max(Floats a, Floats b) { return a > b ? a : b; }
};

}  // namespace
