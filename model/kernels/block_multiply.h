// The inner loops of matrix multiplication: a block of activations times panels of weights. Included once in
// each instruction set's translation unit, after its Vector, inside an anonymous namespace.
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
constexpr int64_t kBlockK =
    2560 / kWidth;                   // a panel's block [kBlockK, kPanel] is 20 KiB: it stays in the L1 cache
constexpr int64_t kBlockRows = 192;  // a block of activations, 258 KiB at most, stays in the L2 cache
static_assert(kBlockRows % kTileRows == 0);

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

/// A matrix that is read by element (r, i) at data[r * row + i * column].
struct Strided {
  const float* data;
  int64_t row, column;
};

/// c[kTileRows, kPanel] = a b, or continues the sums in c; b is [k, kPanel] with rows b_stride apart.
[[gnu::always_inline]] inline void MultiplyFloatTile(int64_t k, const Strided& a, const float* b,
                                                     int64_t b_stride, float* c, int64_t c_stride,
                                                     bool resume) {
  Floats sum[kTileRows][2];
#pragma GCC unroll 16
  for (int r = 0; r < kTileRows; ++r) {
    sum[r][0] = resume ? Vector::Load(c + r * c_stride) : Floats{};
    sum[r][1] = resume ? Vector::Load(c + r * c_stride + kWidth) : Floats{};
  }
  for (int64_t i = 0; i < k; ++i) {
    const Floats b0 = Vector::Load(b + i * b_stride);
    const Floats b1 = Vector::Load(b + i * b_stride + kWidth);
#pragma GCC unroll 16
    for (int r = 0; r < kTileRows; ++r) {
      const Floats value = Vector::Set(a.data[r * a.row + i * a.column]);
      sum[r][0] = Vector::Fma(value, b0, sum[r][0]);
      sum[r][1] = Vector::Fma(value, b1, sum[r][1]);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kTileRows; ++r) {
    Vector::Store(c + r * c_stride, sum[r][0]);
    Vector::Store(c + r * c_stride + kWidth, sum[r][1]);
  }
}

/// Operands held as float32; with kRound they have been rounded to bfloat16.
template <bool kRound>
struct FloatOperand {
  using Element = float;
  static constexpr int64_t kStep = 1;  // values of k per multiplication
  static constexpr int64_t kRowStride = kBlockK + 16;

  static Element Convert(float x) { return kRound ? FromBfloat16(ToBfloat16(x)) : x; }

  /// c[kTileRows, kPanel] = a b, or continues the sums in c.
  static void MultiplyTile(int64_t k, const float* a, const float* b, int64_t b_stride, float* c,
                           int64_t c_stride, bool resume) {
    MultiplyFloatTile(k, {a, kRowStride, 1}, b, b_stride, c, c_stride, resume);
  }
};

#ifdef VFFN_NATIVE_BFLOAT16
/// Operands held as bfloat16; pairs along k are multiplied at once.
struct Bfloat16Operand {
  using Element = uint16_t;
  static constexpr int64_t kStep = 2;
  static constexpr int64_t kRowStride = 2 * kBlockK + 32;

  static Element Convert(float x) { return ToBfloat16(x); }

  /// As FloatOperand's; b holds pairs [k/2, columns, 2], b_stride is in elements per pair of k.
  static void MultiplyTile(int64_t k, const uint16_t* a, const uint16_t* b, int64_t b_stride, float* c,
                           int64_t c_stride, bool resume) {
    __m512 sum[kTileRows][2];
#pragma GCC unroll 16
    for (int r = 0; r < kTileRows; ++r) {
      sum[r][0] = resume ? _mm512_loadu_ps(c + r * c_stride) : _mm512_setzero_ps();
      sum[r][1] = resume ? _mm512_loadu_ps(c + r * c_stride + kWidth) : _mm512_setzero_ps();
    }
    for (int64_t i = 0; i < DivideUp(k, 2); ++i) {
      const __m512bh b0 = (__m512bh)_mm512_loadu_si512(b + i * b_stride);
      const __m512bh b1 = (__m512bh)_mm512_loadu_si512(b + i * b_stride + 2 * kWidth);
#pragma GCC unroll 16
      for (int r = 0; r < kTileRows; ++r) {
        int32_t pair;
        std::memcpy(&pair, a + r * kRowStride + 2 * i, sizeof pair);
        const __m512bh value = (__m512bh)_mm512_set1_epi32(pair);
        sum[r][0] = _mm512_dpbf16_ps(sum[r][0], value, b0);
        sum[r][1] = _mm512_dpbf16_ps(sum[r][1], value, b1);
      }
    }
#pragma GCC unroll 16
    for (int r = 0; r < kTileRows; ++r) {
      _mm512_storeu_ps(c + r * c_stride, sum[r][0]);
      _mm512_storeu_ps(c + r * c_stride + kWidth, sum[r][1]);
    }
  }
};
#endif

/// How k is cut into blocks of equal length (but the last), a multiple of 16 and at most kBlockK values per
/// step.
template <class Operand>
struct KBlocks {
  explicit KBlocks(int64_t k) : total(k) {
    const int64_t limit = kBlockK * Operand::kStep;
    length = RoundUp(DivideUp(k, DivideUp(k, limit)), 16);
    count = DivideUp(k, length);
  }
  int64_t begin(int64_t block) const { return block * length; }
  int64_t size(int64_t block) const { return Min(total - begin(block), length); }

  int64_t total, length, count;
};

/// A block of activations, [k blocks, rows, kRowStride], in this thread's scratch memory.
template <class Operand>
class ActivationBlock {
 public:
  using Element = typename Operand::Element;

  explicit ActivationBlock(const KBlocks<Operand>& blocks) : blocks_(blocks) {
    data_ = Scratch<Element, 0>(blocks.count * kBlockRows * Operand::kRowStride);
  }

  const Element* At(int64_t block, int64_t row) const {
    return data_ + (block * kBlockRows + row) * Operand::kRowStride;
  }

  /// `x` follows `lead` zeros.
  void FillRow(int64_t row, const float* x, int64_t lead = 0) {
    for (int64_t block = 0; block < blocks_.count; ++block) {
      Element* to = const_cast<Element*>(At(block, row));
      const int64_t n = blocks_.size(block);
      const int64_t zeros = block == 0 ? lead : 0;
      const float* from = x + blocks_.begin(block) + zeros - lead;
      for (int64_t i = 0; i < zeros; ++i) {
        to[i] = 0;
      }
      for (int64_t i = zeros; i < n; ++i) {
        to[i] = Operand::Convert(from[i - zeros]);
      }
      to[n] = 0;  // the other half of the last pair, if n is odd
    }
  }

  /// Zeros rows up to a whole number of tiles.
  void FinishRows(int64_t rows) {
    for (int64_t row = rows; row < RoundUp(rows, kTileRows); ++row) {
      for (int64_t block = 0; block < blocks_.count; ++block) {
        std::memset(const_cast<Element*>(At(block, row)), 0, Operand::kRowStride * sizeof(Element));
      }
    }
  }

 private:
  KBlocks<Operand> blocks_;
  Element* data_;
};

template <class Operand>
int64_t PanelElements(int64_t k) {
  return RoundUp(k, Operand::kStep) * kPanel;
}

template <class Operand>
PackedMatrix PackAs(const float* weights, int64_t n, int64_t k, GemmPrecision precision) {
  using Element = typename Operand::Element;
  constexpr int64_t kStep = Operand::kStep;
  const int64_t panels = DivideUp(n, kPanel);
  PackedMatrix packed{n, k, precision, AllocateAligned(panels * PanelElements<Operand>(k) * sizeof(Element))};
  auto* data = reinterpret_cast<Element*>(packed.data.get());
  for (int64_t panel = 0; panel < panels; ++panel) {
    Element* to = data + panel * PanelElements<Operand>(k);
    for (int64_t i = 0; i < RoundUp(k, kStep); ++i) {
      for (int64_t column = 0; column < kPanel; ++column) {
        const int64_t row = panel * kPanel + column;
        const float value = row < n && i < k ? weights[row * k + i] : 0.0f;
        to[(i / kStep * kPanel + column) * kStep + i % kStep] = Operand::Convert(value);
      }
    }
  }
  return packed;
}

/// The panel's block that starts at `k`.
template <class Operand>
const typename Operand::Element* PanelAt(const PackedMatrix& w, int64_t panel, int64_t k) {
  return reinterpret_cast<const typename Operand::Element*>(w.data.get()) +
         panel * PanelElements<Operand>(w.k) + k * kPanel;
}

}  // namespace
