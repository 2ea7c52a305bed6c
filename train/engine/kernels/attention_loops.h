// Causal attention of one key-value head of one sequence, forward and backward. Included after row_loops.h's
// loads and stores.
#pragma once

namespace {

using vffn::kernels::AttentionHead;

constexpr int64_t kQueryBlock = 96;           // queries whose scores are in memory at once
static_assert(kQueryBlock % kTileRows == 0);  // only the last block of a sequence has part of a tile

/// c [m, n] = a b, or c += a b. Memory of c has whole tiles, and a and b have what they read.
template <bool kAdd>
inline void Multiply(int64_t m, int64_t n, int64_t k, const Strided& a, const float* b, int64_t b_stride,
                     float* c, int64_t c_stride) {
  for (int64_t column = 0; column < n; column += kPanel) {
    for (int64_t row = 0; row < m; row += kTileRows) {
      MultiplyFloatTile(k, {a.data + row * a.row, a.row, a.column}, b + column, b_stride,
                        c + row * c_stride + column, c_stride, kAdd);
    }
  }
}

/// Sizes of the scratch matrices of one head.
struct HeadSizes {
  explicit HeadSizes(int64_t tokens, int64_t size)
      : rows(RoundUp(tokens, kPanel) + kQueryBlock + kTileRows), columns(RoundUp(size, kPanel)) {}
  int64_t rows, columns;  // of [T, head_size]
  int64_t elements() const { return rows * columns; }
};

/// Columns of a row-major matrix of T as float32 [rows, columns], zeros in the padding.
template <class T>
inline void LoadHead(const T* from, int64_t stride, int64_t tokens, int64_t size, const HeadSizes& sizes,
                     float* to) {
  std::memset(to, 0, sizes.elements() * sizeof(float));
  for (int64_t t = 0; t < tokens; ++t) {
    for (int64_t i = 0; i < size; i += kWidth) {
      Store(to + t * sizes.columns + i, Load(from + t * stride + i, size - i), size - i);
    }
  }
}

/// The transpose of [rows, columns]: [columns, rows].
inline void Transpose(const float* from, const HeadSizes& sizes, float* to) {
  constexpr int64_t kBlock = 16;
  for (int64_t t = 0; t < sizes.rows; t += kBlock) {
    for (int64_t i = 0; i < sizes.columns; ++i) {
      for (int64_t j = t; j < Min(t + kBlock, sizes.rows); ++j) {
        to[i * sizes.rows + j] = from[j * sizes.columns + i];
      }
    }
  }
}

/// Queries [first, first + rows) of a head and the keys that they see.
struct QueryBlock {
  QueryBlock(int64_t begin, int64_t tokens)
      : first(begin),
        rows(Min(kQueryBlock, tokens - begin)),
        keys(first + rows),
        width(RoundUp(keys, kPanel)) {}
  int64_t visible(int64_t row) const { return first + row + 1; }
  int64_t first, rows, keys, width;
};

inline int64_t ScoreElements(int64_t tokens) { return kQueryBlock * RoundUp(tokens, kPanel) + kTileRows; }

/// scores[n] become exp(scale * (score - max)), zeros up to `width`. Returns the sum; `max` is scaled.
inline float ExpRow(float* scores, int64_t n, int64_t width, float scale, float& max) {
  const float highest = MaxOf(scores, n);
  const Floats shift = Vector::Set(highest), factor = Vector::Set(scale);
  LaneSum sum;
  ForEachVector(scores, n, -INFINITY, [&](int64_t i, Floats v) {
    const Floats e = ExpOfNegative((v - shift) * factor);
    sum.Add(i, e);
    StorePart(scores + i, e, n - i);
  });
  std::memset(scores + n, 0, (width - n) * sizeof(float));
  max = highest * scale;
  return sum.Total();
}

template <class T>
void Attend(const AttentionHead<T>& head) {
  const int64_t tokens = head.length, size = head.head_size;
  const HeadSizes sizes(tokens, size);
  float* keys = Scratch<float, 8>(sizes.elements());
  float* keys_transposed = Scratch<float, 9>(sizes.elements());
  float* values = Scratch<float, 10>(sizes.elements());
  float* queries = Scratch<float, 11>(sizes.elements());
  float* scores = Scratch<float, 12>(ScoreElements(tokens));
  float* mixed = Scratch<float, 13>(kQueryBlock * sizes.columns);
  LoadHead(head.key(), head.stride(), tokens, size, sizes, keys);
  LoadHead(head.value(), head.stride(), tokens, size, sizes, values);
  Transpose(keys, sizes, keys_transposed);
  const float scale = 1.0f / std::sqrt(static_cast<float>(size));
  for (int64_t q = 0; q < head.group(); ++q) {
    LoadHead(head.query(q), head.stride(), tokens, size, sizes, queries);
    for (int64_t first = 0; first < tokens; first += kQueryBlock) {
      const QueryBlock block(first, tokens);
      Multiply<false>(block.rows, block.width, size, {queries + first * sizes.columns, sizes.columns, 1},
                      keys_transposed, sizes.rows, scores, block.width);
      float inverse[kQueryBlock];
      for (int64_t row = 0; row < block.rows; ++row) {
        float max = 0;
        const float sum = ExpRow(scores + row * block.width, block.visible(row), block.width, scale, max);
        inverse[row] = 1.0f / sum;
        head.log_sums_of(q)[first + row] = max + std::log(sum);
      }
      Multiply<false>(block.rows, sizes.columns, block.keys, {scores, block.width, 1}, values, sizes.columns,
                      mixed, sizes.columns);
      for (int64_t row = 0; row < block.rows; ++row) {
        const Floats factor = Vector::Set(inverse[row]);
        for (int64_t i = 0; i < size; i += kWidth) {
          Store(head.out_of(q) + (first + row) * head.out_stride() + i,
                Vector::Load(mixed + row * sizes.columns + i) * factor, size - i);
        }
      }
    }
  }
}

/// Scores and gradients of the weights of one row become the weights p and the gradients of the scores.
inline void ScoreGradientRow(float* scores, float* dweights, int64_t n, int64_t width, float scale,
                             float log_sum) {
  const Floats factor = Vector::Set(scale), shift = Vector::Set(log_sum);
  LaneSum delta;
  ForEachVector(scores, n, -INFINITY, [&](int64_t i, Floats v) {
    const Floats p = ExpOfNegative(v * factor - shift);
    StorePart(scores + i, p, n - i);
    delta.Add(i, p * Load(dweights + i, n - i));
  });
  const Floats mean = Vector::Set(delta.Total());
  for (int64_t i = 0; i < n; i += kWidth) {
    const Floats gradient = Load(scores + i, n - i) * (Load(dweights + i, n - i) - mean) * factor;
    Store(dweights + i, gradient, n - i);
  }
  std::memset(scores + n, 0, (width - n) * sizeof(float));
  std::memset(dweights + n, 0, (width - n) * sizeof(float));
}

template <class T>
inline void StoreHead(const float* from, int64_t columns, int64_t tokens, int64_t size, T* to,
                      int64_t stride) {
  for (int64_t t = 0; t < tokens; ++t) {
    for (int64_t i = 0; i < size; i += kWidth) {
      Store(to + t * stride + i, Vector::Load(from + t * columns + i), size - i);
    }
  }
}

template <class T>
void AttendBackward(const AttentionHead<T>& head) {
  const int64_t tokens = head.length, size = head.head_size;
  const HeadSizes sizes(tokens, size);
  const int64_t n = sizes.elements(), columns = sizes.columns;
  float* keys = Scratch<float, 8>(n);
  float* keys_transposed = Scratch<float, 9>(n);
  float* values_transposed = Scratch<float, 10>(n);
  float* queries = Scratch<float, 11>(n);
  float* scores = Scratch<float, 12>(ScoreElements(tokens));
  float* dqueries = Scratch<float, 13>(kQueryBlock * columns);
  float* dout = Scratch<float, 14>(n);
  float* dweights = Scratch<float, 15>(ScoreElements(tokens));
  float* dkeys = Scratch<float, 16>(n);
  float* dvalues = Scratch<float, 17>(n);
  LoadHead(head.value(), head.stride(), tokens, size, sizes, keys);
  Transpose(keys, sizes, values_transposed);
  LoadHead(head.key(), head.stride(), tokens, size, sizes, keys);
  Transpose(keys, sizes, keys_transposed);
  std::memset(dkeys, 0, n * sizeof(float));
  std::memset(dvalues, 0, n * sizeof(float));
  const float scale = 1.0f / std::sqrt(static_cast<float>(size));
  for (int64_t q = 0; q < head.group(); ++q) {
    LoadHead(head.query(q), head.stride(), tokens, size, sizes, queries);
    LoadHead(head.dout_of(q), head.out_stride(), tokens, size, sizes, dout);
    for (int64_t first = 0; first < tokens; first += kQueryBlock) {
      const QueryBlock block(first, tokens);
      const float* block_queries = queries + first * columns;
      const float* block_dout = dout + first * columns;
      Multiply<false>(block.rows, block.width, size, {block_queries, columns, 1}, keys_transposed, sizes.rows,
                      scores, block.width);
      Multiply<false>(block.rows, block.width, size, {block_dout, columns, 1}, values_transposed, sizes.rows,
                      dweights, block.width);
      for (int64_t row = 0; row < block.rows; ++row) {
        ScoreGradientRow(scores + row * block.width, dweights + row * block.width, block.visible(row),
                         block.width, scale, head.log_sums_of(q)[first + row]);
      }
      Multiply<false>(block.rows, columns, block.keys, {dweights, block.width, 1}, keys, columns, dqueries,
                      columns);
      StoreHead(dqueries, columns, block.rows, size, head.dquery(q) + first * head.stride(), head.stride());
      Multiply<true>(block.keys, columns, block.rows, {dweights, 1, block.width}, block_queries, columns,
                     dkeys, columns);
      Multiply<true>(block.keys, columns, block.rows, {scores, 1, block.width}, block_dout, columns, dvalues,
                     columns);
    }
  }
  StoreHead(dkeys, columns, tokens, size, head.dkey(), head.stride());
  StoreHead(dvalues, columns, tokens, size, head.dvalue(), head.stride());
}

}  // namespace
