// The inner loops of matrix multiplication with vectors: a tile of rows times a panel of weights.
#pragma once

#include <type_traits>

#include "model/kernels/kernel_memory.h"

namespace {

constexpr int64_t kBlockK =
    2560 / kWidth;  // a panel's block [kBlockK, kPanel] is 20 KiB: it stays in the L1 cache
static_assert(kBlockK % kPanel == 0);

/// A matrix that is read by element (r, i) at data[r * row + i * column].
struct Strided {
  const float* data;
  int64_t row, column;
};

/// Calls body(std::integral_constant) of `rows`, which is 1 to kRows.
template <int kRows = kTileRows, class Body>
inline void WithConstant(int64_t rows, Body&& body) {
  if constexpr (kRows > 1) {
    if (rows != kRows) {
      return WithConstant<kRows - 1>(rows, body);
    }
  }
  body(std::integral_constant<int, kRows>());
}

/// c[kRows, kPanel] = a b, or continues the sums in c; b is [k, kPanel] with rows b_stride apart.
template <int kRows = kTileRows>
[[gnu::always_inline]] inline void MultiplyFloatTile(int64_t k, const Strided& a, const float* b,
                                                     int64_t b_stride, float* c, int64_t c_stride,
                                                     bool resume) {
  Floats sum[kRows][2];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    sum[r][0] = resume ? Vector::Load(c + r * c_stride) : Floats{};
    sum[r][1] = resume ? Vector::Load(c + r * c_stride + kWidth) : Floats{};
  }
  for (int64_t i = 0; i < k; ++i) {
    const Floats b0 = Vector::Load(b + i * b_stride);
    const Floats b1 = Vector::Load(b + i * b_stride + kWidth);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const Floats value = Vector::Set(a.data[r * a.row + i * a.column]);
      sum[r][0] = Vector::Fma(value, b0, sum[r][0]);
      sum[r][1] = Vector::Fma(value, b1, sum[r][1]);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    Vector::Store(c + r * c_stride, sum[r][0]);
    Vector::Store(c + r * c_stride + kWidth, sum[r][1]);
  }
}

/// Operands held as float32; with kRound they have been rounded to bfloat16.
template <bool kRound>
struct FloatOperand {
  using Element = float;
  static constexpr bool kPairs = false;  // whether weights are stored as pairs along k
  static constexpr int64_t kDepth = 1;   // values of k per multiplication: k is padded to a multiple
  static constexpr int64_t kRowsOfTile = kTileRows;
  static constexpr int64_t kRowStride = kBlockK + 16;

  static Element Convert(float x) { return kRound ? FromBfloat16(ToBfloat16(x)) : x; }

  static void ConvertRow(const float* x, int64_t n, float* out) {
    for (int64_t i = 0; i < n; ++i) {
      out[i] = Convert(x[i]);
    }
  }

  /// c[kTileRows, kPanel] = a b, or continues the sums in c.
  static void MultiplyTile(int64_t k, const float* a, const float* b, int64_t b_stride, float* c,
                           int64_t c_stride, bool resume) {
    MultiplyFloatTile(k, {a, kRowStride, 1}, b, b_stride, c, c_stride, resume);
  }

  /// The same for a tile of `rows` rows, 1 to kTileRows. The time is in proportion to them.
  [[gnu::noinline]] static void MultiplyRows(int64_t rows, int64_t k, const float* a, const float* b,
                                             int64_t b_stride, float* c, int64_t c_stride, bool resume) {
    WithConstant(rows, [&](auto constant) {
      MultiplyFloatTile<constant()>(k, {a, kRowStride, 1}, b, b_stride, c, c_stride, resume);
    });
  }
};

#ifdef VFFN_NATIVE_BFLOAT16
/// n numbers rounded to bfloat16. The instruction flushes numbers below 2^-126 to zero, as multiplication
/// does.
inline void RoundRow(const float* x, int64_t n, uint16_t* out) {
  int64_t i = 0;
  for (; i + 32 <= n; i += 32) {
    const __m512bh pairs = _mm512_cvtne2ps_pbh(_mm512_loadu_ps(x + i + 16), _mm512_loadu_ps(x + i));
    _mm512_storeu_si512(out + i, (__m512i)pairs);
  }
  for (; i < n; ++i) {
    out[i] = ToBfloat16(x[i]);
  }
}

/// Operands held as bfloat16; pairs along k are multiplied at once.
struct Bfloat16Operand {
  using Element = uint16_t;
  static constexpr bool kPairs = true;
  static constexpr int64_t kDepth = 2;
  static constexpr int64_t kRowsOfTile = kTileRows;
  static constexpr int64_t kRowStride = 2 * kBlockK + 32;

  static void ConvertRow(const float* x, int64_t n, uint16_t* out) { RoundRow(x, n, out); }

  /// As FloatOperand's; b holds pairs [k/2, columns, 2], b_stride is in elements per pair of k.
  static void MultiplyTile(int64_t k, const uint16_t* a, const uint16_t* b, int64_t b_stride, float* c,
                           int64_t c_stride, bool resume) {
    MultiplyPairs<kTileRows>(k, a, b, b_stride, c, c_stride, resume);
  }

  [[gnu::noinline]] static void MultiplyRows(int64_t rows, int64_t k, const uint16_t* a, const uint16_t* b,
                                             int64_t b_stride, float* c, int64_t c_stride, bool resume) {
    WithConstant(rows,
                 [&](auto constant) { MultiplyPairs<constant()>(k, a, b, b_stride, c, c_stride, resume); });
  }

 private:
  template <int kRows>
  [[gnu::always_inline]] static void MultiplyPairs(int64_t k, const uint16_t* a, const uint16_t* b,
                                                   int64_t b_stride, float* c, int64_t c_stride,
                                                   bool resume) {
    __m512 sum[kRows][2];
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      sum[r][0] = resume ? _mm512_loadu_ps(c + r * c_stride) : _mm512_setzero_ps();
      sum[r][1] = resume ? _mm512_loadu_ps(c + r * c_stride + kWidth) : _mm512_setzero_ps();
    }
    for (int64_t i = 0; i < DivideUp(k, 2); ++i) {
      const __m512bh b0 = (__m512bh)_mm512_loadu_si512(b + i * b_stride);
      const __m512bh b1 = (__m512bh)_mm512_loadu_si512(b + i * b_stride + 2 * kWidth);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        int32_t pair;
        std::memcpy(&pair, a + r * kRowStride + 2 * i, sizeof pair);
        const __m512bh value = (__m512bh)_mm512_set1_epi32(pair);
        sum[r][0] = _mm512_dpbf16_ps(sum[r][0], value, b0);
        sum[r][1] = _mm512_dpbf16_ps(sum[r][1], value, b1);
      }
    }
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      _mm512_storeu_ps(c + r * c_stride, sum[r][0]);
      _mm512_storeu_ps(c + r * c_stride + kWidth, sum[r][1]);
    }
  }
};
#endif

}  // namespace
