// Attention in float32: every sum is one chain of fused multiply-adds.
#pragma once

#include "model/kernels/attention_path.h"
#include "model/kernels/float_operands.h"
#include "model/kernels/softmax_rows.h"

namespace {

/// c = a b, or continues the sums in c. Strides are between rows.
struct FloatProduct {
  const float* a;
  int64_t a_stride;
  const float* b;
  int64_t b_stride;
  float* c;
  int64_t c_stride;
  int64_t k;
  bool resume = false;
};

/// kRows rows and kVectors vectors of columns of c.
template <int kRows, int kVectors>
[[gnu::always_inline]] inline void MultiplyStrip(const FloatProduct& p) {
  Floats sum[kRows][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      sum[r][v] = p.resume ? Vector::Load(p.c + r * p.c_stride + v * kWidth) : Floats{};
    }
  }
  for (int64_t i = 0; i < p.k; ++i) {
    Floats b[kVectors];
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      b[v] = Vector::Load(p.b + i * p.b_stride + v * kWidth);
    }
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const Floats a = Vector::Set(p.a[r * p.a_stride + i]);
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) {
        sum[r][v] = Vector::Fma(a, b[v], sum[r][v]);
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      Vector::Store(p.c + r * p.c_stride + v * kWidth, sum[r][v]);
    }
  }
}

/// `rows` <= kTileRows rows. a and c have rows up to a multiple of kTileRows / 3.
template <int kVectors>
void MultiplyRows(int64_t rows, const FloatProduct& p) {
  constexpr int kThird = kTileRows / 3;
  if (rows <= kThird) {
    MultiplyStrip<kThird, kVectors>(p);
  } else if (rows <= 2 * kThird) {
    MultiplyStrip<2 * kThird, kVectors>(p);
  } else {
    MultiplyStrip<kTileRows, kVectors>(p);
  }
}

/// The same for `columns` columns, at most kPanel. b and c have columns up to a multiple of kWidth.
inline void MultiplyPanel(int64_t rows, int64_t columns, const FloatProduct& p) {
  columns > kWidth ? MultiplyRows<2>(rows, p) : MultiplyRows<1>(rows, p);
}

class FloatAttention {
 public:
  static constexpr int64_t kQueryRows = 4 * kTileRows;
  static_assert(kQueryRows <= kMostQueryRows);
  static constexpr int64_t kKeyBlock = 128;  // keys whose values stay in the L1 cache

  FloatAttention(const AttentionArgs& args, int64_t longest)
      : args_(args), heads_(args), value_stride_(RoundUp(args.head_size, kWidth)) {
    keys_ = Scratch<float, 3>(RoundUp(longest, kPanel) * heads_.size());
    values_ = Scratch<float, 4>(longest * value_stride_);
    queries_ = Scratch<float, 5>(kQueryRows * heads_.size());
    rotated_ = Scratch<float, 23>(kWidth * heads_.size());
    mixed_ = Scratch<float, 21>(kQueryRows * value_stride_);
  }

  /// Packs the keys and values at positions [first, end) of a path.
  void Pack(const int64_t* rows, int64_t first, int64_t end, int64_t kv_head) {
    for (int64_t n = first / kWidth * kWidth; n < end; n += kWidth) {
      PackKeys(rows + n, Min(kWidth, end - n), kv_head,
               keys_ + n / kPanel * heads_.size() * kPanel + n % kPanel);
    }
    for (int64_t n = first; n < end; ++n) {
      CopyRow(heads_.Value(rows[n], kv_head), heads_.size(), values_ + n * value_stride_);
    }
  }

  void Attend(const QueryRows& rows) {
    const int64_t keys = rows.end - rows.start;
    const int64_t width = RoundUp(keys, kKeyAlignment);
    const int64_t stride = width + kLanes;  // not a multiple of a page
    float* scores = Scratch<float, 22>(kQueryRows * stride);
    float inverse[kQueryRows + kWidth];
    Score(rows, scores, stride);
    for (int64_t r = 0; r < rows.count; r += kWidth) {
      SoftmaxRows(scores + r * stride, stride, Min(kWidth, rows.count - r), rows.visible + r,
                  {args_.scale, args_.softcap}, inverse + r, [&](int64_t i, Floats max, Floats factor) {
                    return ExpAndSum(scores + (r + i) * stride, rows.visible[r + i], width, max, factor);
                  });
    }
    Mix(rows, scores, stride);
    for (int64_t r = 0; r < rows.count; ++r) {
      const Floats factor = Vector::Set(inverse[r]);
      ForEachVector(mixed_ + r * value_stride_, heads_.size(), 0.0f,
                    [&](int64_t i, Floats v) { StorePart(rows.out[r] + i, v * factor, heads_.size() - i); });
    }
  }

 private:
  /// Columns of a panel: `count` <= kWidth keys, zeros in the others.
  void PackKeys(const int64_t* rows, int64_t count, int64_t kv_head, float* panel) const {
    const int64_t size = heads_.size();
    for (int64_t n = 0; n < count; ++n) {
      heads_.CopyKey(rows[n], kv_head, rotated_ + n * size);
    }
    for (int64_t i = 0; i < size; i += kWidth) {
      const int64_t part = Min(kWidth, size - i);
      Floats square[kWidth];
      for (int64_t n = count; n < kWidth; ++n) {
        square[n] = Floats{};
      }
      for (int64_t n = 0; n < count; ++n) {
        square[n] = LoadPart(rotated_ + n * size + i, part);
      }
      Transpose(square);
      for (int64_t j = 0; j < part; ++j) {
        Vector::Store(panel + (i + j) * kPanel, square[j]);
      }
    }
  }

  /// The products of the queries and the keys that they see, and some more.
  void Score(const QueryRows& rows, float* scores, int64_t stride) const {
    const int64_t size = heads_.size();
    const int64_t filled = RoundUp(rows.count, kTileRows / 3);
    for (int64_t r = 0; r < rows.count; ++r) {
      heads_.CopyQuery(rows.row[r], rows.head[r], queries_ + r * size);
    }
    std::memset(queries_ + rows.count * size, 0, (filled - rows.count) * size * sizeof(float));
    for (int64_t key = 0; key < rows.end - rows.start; key += kPanel) {
      for (int64_t r = 0; r < rows.count; r += kTileRows) {
        const int64_t count = Min(kTileRows, rows.count - r);
        const int64_t columns = rows.visible[r + count - 1].end - key;
        if (columns > 0) {
          MultiplyPanel(count, columns,
                        {.a = queries_ + r * size,
                         .a_stride = size,
                         .b = keys_ + (rows.start + key) * size,
                         .b_stride = kPanel,
                         .c = scores + r * stride + key,
                         .c_stride = stride,
                         .k = size});
        }
      }
    }
  }

  /// The sums of weights times values, a block of keys after the other.
  void Mix(const QueryRows& rows, const float* weights, int64_t stride) const {
    for (int64_t key = 0; key < rows.end - rows.start; key += kKeyBlock) {
      for (int64_t r = 0; r < rows.count; r += kTileRows) {
        const int64_t count = Min(kTileRows, rows.count - r);
        const int64_t keys = Min(kKeyBlock, rows.visible[r + count - 1].end - key);
        for (int64_t i = 0; keys > 0 && i < heads_.size(); i += kPanel) {
          MultiplyPanel(count, heads_.size() - i,
                        {.a = weights + r * stride + key,
                         .a_stride = stride,
                         .b = values_ + (rows.start + key) * value_stride_ + i,
                         .b_stride = value_stride_,
                         .c = mixed_ + r * value_stride_ + i,
                         .c_stride = value_stride_,
                         .k = keys,
                         .resume = key > 0});
        }
      }
    }
  }

  const AttentionArgs& args_;
  HeadRows heads_;
  int64_t value_stride_;
  float* keys_;     // panels [longest / kPanel, size, kPanel]
  float* values_;   // [longest, value_stride]
  float* queries_;  // [kQueryRows, size]
  float* rotated_;  // [kWidth, size]: keys that are being packed
  float* mixed_;    // [kQueryRows, value_stride]
};

}  // namespace
