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
  static Floats Set(float x) { return Floats{x, x, x, x}; }
  static Floats Fma(Floats a, Floats b, Floats c) { return a * b + c; }
  static Floats Reciprocal(Floats x) { return Set(1.0f) / x; }
  static Floats Max(Floats a, Floats b) { return a > b ? a : b; }
};

}  // namespace
