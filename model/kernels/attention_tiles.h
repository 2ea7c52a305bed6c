// Attention with tiles of bfloat16: queries, keys, values and the weights of the softmax are rounded to
// bfloat16 (to nearest even), both products are tile products, everything else is float32.
//
// Keys are grouped by 32, by their position on the path: the sums over keys add the same numbers in the same
// order wherever a segment begins and ends. A key that a row does not see has weight 0.
#pragma once

#include "model/kernels/amx_tiles.h"
#include "model/kernels/attention_path.h"
#include "model/kernels/softmax_rows.h"

namespace {

static_assert(kWidth == kTileHeight && kKeyAlignment % kTileDepth == 0);

/// c = a b, sums over `steps` tiles. Strides are in elements.
struct TileProduct {
  const uint16_t* a;   // tiles [kTileHeight, kTileDepth]
  int64_t a_row_step;  // from one tile of rows to the next one
  const uint16_t* b;   // tiles of pairs [kTileDepth / 2, kTileHeight, 2]
  int64_t b_column_step, b_step;
  float* c;
  int64_t c_stride;
  int64_t steps;
};

/// kRows and kColumns tiles of c, 1 or 2.
template <int kRows, int kColumns>
void MultiplyTiles(const TileProduct& p) {
  const uint16_t* a = p.a;
  const uint16_t* b = p.b;
  asm volatile("" ::: "memory");  // what tiles are loaded from has been written
  _tile_zero(0);
  if (kColumns > 1) {
    _tile_zero(1);
  }
  if (kRows > 1) {
    _tile_zero(2);
    if (kColumns > 1) {
      _tile_zero(3);
    }
  }
  for (int64_t step = 0; step < p.steps; ++step, a += kTileElements, b += p.b_step) {
    _tile_loadd(4, a, 64);
    _tile_loadd(6, b, 64);
    _tile_dpbf16ps(0, 4, 6);
    if (kColumns > 1) {
      _tile_loadd(7, b + p.b_column_step, 64);
      _tile_dpbf16ps(1, 4, 7);
    }
    if (kRows > 1) {
      _tile_loadd(5, a + p.a_row_step, 64);
      _tile_dpbf16ps(2, 5, 6);
      if (kColumns > 1) {
        _tile_dpbf16ps(3, 5, 7);
      }
    }
  }
  const int64_t bytes = p.c_stride * static_cast<int64_t>(sizeof(float));
  _tile_stored(0, p.c, bytes);
  if (kColumns > 1) {
    _tile_stored(1, p.c + kTileHeight, bytes);
  }
  if (kRows > 1) {
    _tile_stored(2, p.c + kTileHeight * p.c_stride, bytes);
    if (kColumns > 1) {
      _tile_stored(3, p.c + kTileHeight * p.c_stride + kTileHeight, bytes);
    }
  }
}

/// As many tiles of c as hold `rows` rows and `columns` columns, at most 2 by 2.
inline void MultiplyTiles(int64_t rows, int64_t columns, const TileProduct& p) {
  if (rows > kTileHeight) {
    columns > kTileHeight ? MultiplyTiles<2, 2>(p) : MultiplyTiles<2, 1>(p);
  } else {
    columns > kTileHeight ? MultiplyTiles<1, 2>(p) : MultiplyTiles<1, 1>(p);
  }
}

/// 2^x for x <= 0 within 3e-7; 0 below -126. NaN stays NaN.
inline Floats Exp2OfNegative(Floats x) {
  const __m512 n = _mm512_roundscale_ps((__m512)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const Floats r = x - (Floats)n;
  Floats p = Vector::Set(0.00132647273f);
  p = Vector::Fma(p, r, Vector::Set(0.00967151299f));
  p = Vector::Fma(p, r, Vector::Set(0.0555073358f));
  p = Vector::Fma(p, r, Vector::Set(0.240222424f));
  p = Vector::Fma(p, r, Vector::Set(0.693147004f));
  p = Vector::Fma(p, r, Vector::Set(1.0f));
  const __mmask16 normal = _mm512_cmp_ps_mask((__m512)x, _mm512_set1_ps(-126.0f), _CMP_NLT_UQ);
  return (Floats)_mm512_maskz_scalef_ps(normal, (__m512)p, n);
}

class TileAttention {
 public:
  static constexpr int64_t kQueryRows = 4 * kTileHeight;
  static_assert(kQueryRows <= kMostQueryRows);

  TileAttention(const AttentionArgs& args, int64_t longest)
      : args_(args),
        heads_(args),
        steps_(DivideUp(args.head_size, kTileDepth)),
        columns_(DivideUp(args.head_size, kTileHeight)) {
    const int64_t keys = RoundUp(longest, kTileDepth);
    keys_ = Scratch<uint16_t, 3>(keys * steps_ * kTileDepth);
    values_ = Scratch<uint16_t, 4>(keys * columns_ * kTileHeight);
    queries_ = Scratch<uint16_t, 5>(kQueryRows * steps_ * kTileDepth);
    rotated_ = Scratch<float, 23>(kTileHeight * args.head_size);
    mixed_ = Scratch<float, 21>(kQueryRows * columns_ * kTileHeight);
  }

  /// Packs the keys and values at positions [first, end) of a path.
  void Pack(const int64_t* rows, int64_t first, int64_t end, int64_t kv_head) {
    for (int64_t n = first / kTileHeight * kTileHeight; n < end; n += kTileHeight) {
      PackKeys(rows + n, Min(kTileHeight, end - n), kv_head, keys_ + n * steps_ * kTileDepth);
    }
    for (int64_t n = first / 2 * 2; n < RoundUp(end, kTileDepth); n += 2) {
      PackValues(n < end ? heads_.Value(rows[n], kv_head) : nullptr,
                 n + 1 < end ? heads_.Value(rows[n + 1], kv_head) : nullptr,
                 values_ + n / kTileDepth * columns_ * kTileElements + n % kTileDepth * kTileHeight);
    }
  }

  void Attend(const QueryRows& rows) {
    const int64_t stride =
        RoundUp(rows.end - rows.start, kKeyAlignment) + kLanes;  // not a multiple of a page
    float* scores = Scratch<float, 22>(kQueryRows * stride);
    uint16_t* weights = Scratch<uint16_t, 6>(kQueryRows * stride);
    alignas(64) float inverse[kQueryRows];
    Score(rows, scores, stride);
    const int64_t blocks = DivideUp(rows.end - rows.start, kTileDepth);
    for (int64_t r = 0; r < rows.count; r += kTileHeight) {
      uint16_t* tiles = weights + r * blocks * kTileDepth;
      SoftmaxRows(scores + r * stride, stride, Min(kTileHeight, rows.count - r), rows.visible + r,
                  {args_.scale, args_.softcap}, inverse + r, [&](int64_t i, Floats max, Floats factor) {
                    return Weigh(scores + (r + i) * stride, rows.visible[r + i], blocks, max, factor,
                                 tiles + i * kTileDepth);
                  });
    }
    Mix(rows, weights, blocks);
    for (int64_t r = 0; r < rows.count; ++r) {
      const Floats factor = Vector::Set(inverse[r]);
      ForEachVector(mixed_ + r * columns_ * kTileHeight, heads_.size(), 0.0f,
                    [&](int64_t i, Floats v) { StorePart(rows.out[r] + i, v * factor, heads_.size() - i); });
    }
  }

 private:
  /// n <= 16 numbers at x, then zeros.
  static __m512 Load(const float* x, int64_t n) {
    const auto mask = static_cast<__mmask16>((1u << Max(0, Min(n, kWidth))) - 1);
    return _mm512_maskz_loadu_ps(mask, x);
  }

  /// n <= 32 numbers at x as bfloat16, then zeros.
  static __m512i Round(const float* x, int64_t n) {
    return (__m512i)_mm512_cvtne2ps_pbh(Load(x + kWidth, n - kWidth), Load(x, n));
  }

  /// `count` <= kTileHeight keys as tiles of pairs along the head, [steps, kTileDepth / 2, key, 2]; zeros for
  /// the other keys.
  void PackKeys(const int64_t* rows, int64_t count, int64_t kv_head, uint16_t* tiles) const {
    for (int64_t n = 0; n < count; ++n) {
      heads_.CopyKey(rows[n], kv_head, rotated_ + n * heads_.size());
    }
    for (int64_t step = 0; step < steps_; ++step) {
      const int64_t first = step * kTileDepth;
      Floats square[kTileHeight];
      for (int64_t n = 0; n < count; ++n) {
        square[n] = (Floats)Round(rotated_ + n * heads_.size() + first, heads_.size() - first);
      }
      for (int64_t n = count; n < kTileHeight; ++n) {
        square[n] = Floats{};
      }
      Transpose(square);
      for (int64_t i = 0; i < kTileHeight; ++i) {
        _mm512_store_si512(tiles + step * kTileElements + i * kTileDepth, (__m512i)square[i]);
      }
    }
  }

  /// Two values, or zeros, as one row of `columns_` tiles of pairs along the keys: [columns, kTileHeight, 2].
  void PackValues(const float* first, const float* second, uint16_t* row) const {
    const auto order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7,
                                        22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    for (int64_t column = 0; column < columns_; ++column) {
      const int64_t i = column * kTileHeight;
      const int64_t n = heads_.size() - i;
      const __m512 a = first ? Load(first + i, n) : _mm512_setzero_ps();
      const __m512 b = second ? Load(second + i, n) : _mm512_setzero_ps();
      const auto pairs = _mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh(b, a));
      _mm512_store_si512(row + column * kTileElements, pairs);
    }
  }

  /// The products of the queries and the keys that they see, and some more.
  void Score(const QueryRows& rows, float* scores, int64_t stride) const {
    const int64_t row_step = steps_ * kTileElements;
    for (int64_t r = 0; r < rows.count; ++r) {
      uint16_t* line = queries_ + r / kTileHeight * row_step + r % kTileHeight * kTileDepth;
      heads_.CopyQuery(rows.row[r], rows.head[r], rotated_);
      for (int64_t i = 0; i < heads_.size(); i += kTileDepth, line += kTileElements) {
        _mm512_store_si512(line, Round(rotated_ + i, heads_.size() - i));
      }
    }
    for (int64_t r = 0; r < rows.count; r += 2 * kTileHeight) {
      const int64_t count = Min(2 * kTileHeight, rows.count - r);
      const int64_t keys = rows.visible[r + count - 1].end;
      for (int64_t key = 0; key < keys; key += 2 * kTileHeight) {
        MultiplyTiles(count, keys - key,
                      {.a = queries_ + r / kTileHeight * row_step,
                       .a_row_step = row_step,
                       .b = keys_ + (rows.start + key) * steps_ * kTileDepth,
                       .b_column_step = row_step,
                       .b_step = kTileElements,
                       .c = scores + r * stride + key,
                       .c_stride = stride,
                       .steps = steps_});
      }
    }
  }

  /// The row's weights exp(factor * (score - max)) as lines of `blocks` tiles; returns their sums of lanes,
  /// before rounding.
  static Floats Weigh(const float* scores, const VisibleKeys& keys, int64_t blocks, Floats max, Floats factor,
                      uint16_t* line) {
    const Floats factor2 = factor * Vector::Set(1.44269504f);
    const int64_t begin = keys.begin / kWidth * kWidth;
    int64_t key = 0;
    const auto at = [&] { return (__m256i*)(line + key / kTileDepth * kTileElements + key % kTileDepth); };
    for (; key < begin; key += kWidth) {
      _mm256_store_si256(at(), _mm256_setzero_si256());
    }
    Floats sum = {};
    for (; key < keys.end; key += kWidth) {
      const Floats e = Exp2OfNegative((Vector::Load(scores + key) - max) * factor2);
      sum += e;
      _mm256_store_si256(at(), (__m256i)_mm512_cvtneps_pbh((__m512)e));
    }
    for (; key < blocks * kTileDepth; key += kWidth) {
      _mm256_store_si256(at(), _mm256_setzero_si256());
    }
    return sum;
  }

  /// The sums of weights times values.
  void Mix(const QueryRows& rows, const uint16_t* weights, int64_t blocks) const {
    const int64_t stride = columns_ * kTileHeight;
    for (int64_t r = 0; r < rows.count; r += 2 * kTileHeight) {
      const int64_t count = Min(2 * kTileHeight, rows.count - r);
      for (int64_t i = 0; i < heads_.size(); i += 2 * kTileHeight) {
        MultiplyTiles(count, heads_.size() - i,
                      {.a = weights + r * blocks * kTileDepth,
                       .a_row_step = blocks * kTileElements,
                       .b = values_ + (rows.start / kTileDepth * columns_ + i / kTileHeight) * kTileElements,
                       .b_column_step = kTileElements,
                       .b_step = columns_ * kTileElements,
                       .c = mixed_ + r * stride + i,
                       .c_stride = stride,
                       .steps = DivideUp(rows.visible[r + count - 1].end, kTileDepth)});
      }
    }
  }

  const AttentionArgs& args_;
  HeadRows heads_;
  int64_t steps_, columns_;  // tiles of a head: of kTileDepth for queries and keys, of kTileHeight for values
  uint16_t* keys_;           // [longest / kTileHeight, steps, kTileDepth / 2, kTileHeight, 2]
  uint16_t* values_;         // [longest / kTileDepth, columns, kTileDepth / 2, kTileHeight, 2]
  uint16_t* queries_;        // [kQueryRows / kTileHeight, steps, kTileHeight, kTileDepth]
  float* rotated_;           // [kTileHeight, size]: queries or keys that are being packed
  float* mixed_;             // [kQueryRows, columns, kTileHeight]
  Tiles tiles_;
};

}  // namespace
