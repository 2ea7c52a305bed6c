// Rows of inputs times panels of weights with tiles of bfloat16 pairs. Overloads the names of
// panel_products.h.
#pragma once

#include <type_traits>

#include "model/kernels/amx_tiles.h"
#include "model/kernels/panel_products.h"

namespace {

/// Operands held as bfloat16, multiplied in tiles: 32 rows by 32 columns at once.
struct TileOperand {
  using Element = uint16_t;
  static constexpr bool kPairs = true;
  static constexpr int64_t kDepth = kTileDepth;
  static constexpr int64_t kRowsOfTile = 2 * kTileHeight;
};
static_assert(kPanel == 2 * kTileHeight && kPanel == kTileDepth);

/// Rows of k inputs: [tiles of rows, tiles of k, kTileHeight, kTileDepth]. In memory of the caller.
template <>
class InputRows<TileOperand> {
 public:
  InputRows(uint16_t* memory, int64_t, int64_t k) : data_(memory), steps_(DivideUp(k, kTileDepth)) {}

  static int64_t Elements(int64_t rows, int64_t k) {
    return RoundUp(rows, kTileHeight) * RoundUp(k, kTileDepth);
  }
  static int64_t ElementsOfRow(int64_t k) { return RoundUp(k, kTileDepth); }

  int64_t steps() const { return steps_; }
  const uint16_t* Tile(int64_t row) const { return data_ + row / kTileHeight * steps_ * kTileElements; }

  void Fill(int64_t row, const float* x, int64_t begin, int64_t n) {
    if (begin > 0) {  // a view that begins inside a tile
      float* shifted = Scratch<float, 13>(begin + n);
      std::memset(shifted, 0, begin * sizeof(float));
      std::memcpy(shifted + begin, x, n * sizeof(float));
      x = shifted;
      n += begin;
    }
    int64_t i = 0;
    for (; i + kTileDepth <= n; i += kTileDepth) {
      FillPanel(row, i, x + i);
    }
    if (i < n) {
      alignas(64) float last[kTileDepth] = {};
      std::memcpy(last, x + i, (n - i) * sizeof(float));
      FillPanel(row, i, last);
    }
  }

  void FillPanel(int64_t row, int64_t column, const float* values) {
    RoundRow(values, kPanel, Line(row, column));
  }

  void Finish(int64_t rows) {
    for (int64_t row = rows; row % kTileHeight != 0; ++row) {
      for (int64_t step = 0; step < steps_; ++step) {
        std::memset(Line(row, step * kTileDepth), 0, kTileDepth * sizeof(uint16_t));
      }
    }
  }

 private:
  uint16_t* Line(int64_t row, int64_t column) const {
    return data_ + (row / kTileHeight * steps_ + column / kTileDepth) * kTileElements +
           row % kTileHeight * kTileDepth;
  }

  uint16_t* data_;
  int64_t steps_;
};

/// Finished sums of a block of rows whose use is spread over the multiplication of the next block: tiles are
/// multiplied beside the vector units.
template <int kMatrices, class Finish>
class DeferredRows {
 public:
  /// Sums of `rows` rows from `first` on: [kMatrices, kRowsOfTile, kPanel]. They are used in `steps` steps.
  void Begin(const PanelSpan& span, int64_t first, int64_t rows, const float* sums, int64_t steps) {
    span_ = span;
    first_ = first;
    rows_ = rows;
    sums_ = sums;
    next_ = 0;
    interval_ = Max(1, steps * Finish::kRowsAtOnce / TileOperand::kRowsOfTile);
    wait_ = interval_;
  }

  [[gnu::always_inline]] void Step(Finish& finish) {
    if (--wait_ == 0) {
      wait_ = interval_;
      Next(finish, Min(Finish::kRowsAtOnce, rows_ - next_));
    }
  }

  void Rest(Finish& finish) { Next(finish, rows_ - next_); }

 private:
  void Next(Finish& finish, int64_t rows) {
    if (rows == 0) {
      return;
    }
    const float* sums[kMatrices];
    for (int m = 0; m < kMatrices; ++m) {
      sums[m] = sums_ + (m * TileOperand::kRowsOfTile + next_) * kPanel;
    }
    finish(span_, first_ + next_, rows, sums);
    next_ += rows;
  }

  PanelSpan span_ = {};
  int64_t first_ = 0, rows_ = 0, next_ = 0;
  int64_t interval_ = 1, wait_ = 1;  // steps from one use to the next, and left of them
  const float* sums_ = nullptr;
};

/// What a product of tiles reads: k in `steps` tiles.
struct TileInputs {
  const uint16_t* first;   // tiles of the upper rows
  const uint16_t* second;  // of the lower rows; null: none
  const uint16_t* weights;
  int64_t steps;
};

/// sums [2 kTileHeight, kPanel] = inputs * weights, or continues them. `step` is called once per tile of
/// k. Inputs are loaded past the L1 cache, which keeps the weights for the next rows.
template <bool kTwo, class Step>
[[gnu::always_inline]] inline void MultiplyTiles(const TileInputs& in, float* sums, bool resume,
                                                 Step&& step) {
  constexpr int64_t kRowBytes = kTileDepth * sizeof(uint16_t), kPairBytes = kPanel * 2 * sizeof(uint16_t);
  constexpr int64_t kSumBytes = kPanel * sizeof(float);
  asm volatile("" ::: "memory");  // what tiles are loaded from has been written
  if (resume) {
    _tile_loadd(0, sums, kSumBytes);
    _tile_loadd(1, sums + kTileHeight, kSumBytes);
    if constexpr (kTwo) {
      _tile_loadd(2, sums + kTileHeight * kPanel, kSumBytes);
      _tile_loadd(3, sums + kTileHeight * kPanel + kTileHeight, kSumBytes);
    }
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  for (int64_t s = 0; s < in.steps; ++s) {
    const uint16_t* weights = in.weights + s * kPanel * kTileDepth;
    _tile_stream_loadd(4, in.first + s * kTileElements, kRowBytes);
    _tile_loadd(6, weights, kPairBytes);
    _tile_loadd(7, weights + kTileDepth, kPairBytes);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    if constexpr (kTwo) {
      _tile_stream_loadd(5, in.second + s * kTileElements, kRowBytes);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
    step();
  }
  _tile_stored(0, sums, kSumBytes);
  _tile_stored(1, sums + kTileHeight, kSumBytes);
  if constexpr (kTwo) {
    _tile_stored(2, sums + kTileHeight * kPanel, kSumBytes);
    _tile_stored(3, sums + kTileHeight * kPanel + kTileHeight, kSumBytes);
  }
}

/// The panels of weights that multiply one block of inputs, in the order of their use: all panels of a span,
/// each in chunks of k that stay in the L1 cache.
template <int kMatrices, class Finish>
class TileMultiplication {
 public:
  TileMultiplication(const InputRows<TileOperand>& inputs, int64_t rows,
                     const PanelWeights<kMatrices>& weights, Finish& finish)
      : inputs_(inputs),
        rows_(rows),
        weights_(weights),
        finish_(finish),
        strips_(DivideUp(rows, kRows)),
        chunks_(DivideUp(inputs.steps(), kMostSteps)),
        chunk_steps_(DivideUp(inputs.steps(), chunks_)),
        slots_(kMatrices * chunks_ == 1 ? 2 : strips_ + 1),
        sums_(Scratch<float, 14>(slots_ * kSlot)) {}

  void Run() {
    ForEachPanel(*weights_.view[0], [&](const PanelSpan& span) {
      for (int m = 0; m < kMatrices; ++m) {
        for (int64_t chunk = 0; chunk < chunks_; ++chunk) {
          MultiplyChunk(span, m, chunk);
        }
      }
      begun_ += strips_;
    });
    deferred_.Rest(finish_);
  }

 private:
  static constexpr int64_t kRows = TileOperand::kRowsOfTile;
  static constexpr int64_t kSlot = kMatrices * kRows * kPanel;  // sums of a strip of rows
  static constexpr int64_t kMostSteps = 20;                     // 40 KiB of weights

  const uint16_t* WeightsAt(int64_t span_index, int m, int64_t chunk) const {
    return PanelAt<TileOperand>(*weights_.view[m]->matrix, weights_.Beside(span_index, m),
                                weights_.k_begin + chunk * chunk_steps_ * kTileDepth);
  }

  /// The weights that are needed after these.
  const uint16_t* WeightsAfter(int64_t span_index, int m, int64_t chunk) const {
    return chunk + 1 < chunks_ ? WeightsAt(span_index, m, chunk + 1)
           : m + 1 < kMatrices ? WeightsAt(span_index, m + 1, 0)
                               : WeightsAt(span_index + 1, 0, 0);
  }

  void MultiplyChunk(const PanelSpan& span, int m, int64_t chunk) {
    const int64_t begin = chunk * chunk_steps_;
    const int64_t steps = Min(chunk_steps_, inputs_.steps() - begin);
    const bool last = m == kMatrices - 1 && chunk == chunks_ - 1;
    const auto* next = reinterpret_cast<const char*>(WeightsAfter(span.index, m, chunk));
    const int64_t lines = DivideUp(chunk_steps_ * kPanel * kTileDepth * 2, 64 * strips_ * steps);  // a step's
    TileInputs in{.weights = WeightsAt(span.index, m, chunk), .steps = steps};
    for (int64_t strip = 0; strip < strips_; ++strip) {
      const int64_t row = strip * kRows;
      float* slot = sums_ + (begun_ + strip) % slots_ * kSlot;
      in.first = inputs_.Tile(row) + begin * kTileElements;
      in.second =
          rows_ - row > kTileHeight ? inputs_.Tile(row + kTileHeight) + begin * kTileElements : nullptr;
      const int64_t strip_rows = Min(kRows, rows_ - row);
      const auto step = [&] {
        for (int64_t i = 0; i < lines; ++i, next += 64) {
          _mm_prefetch(next, _MM_HINT_T1);
        }
        deferred_.Step(finish_);
      };
      if (in.second) {
        MultiplyTiles<true>(in, slot + m * kRows * kPanel, chunk > 0, step);
      } else {
        MultiplyTiles<false>(in, slot + m * kRows * kPanel, chunk > 0, step);
      }
      if (last) {
        deferred_.Rest(finish_);
        deferred_.Begin(span, row, strip_rows, slot, steps);
      }
    }
  }

  const InputRows<TileOperand>& inputs_;
  int64_t rows_;
  const PanelWeights<kMatrices>& weights_;
  Finish& finish_;
  int64_t strips_;  // of kRows rows
  int64_t chunks_, chunk_steps_;
  int64_t slots_;  // of sums: those of a panel, and those that are still used
  float* sums_;
  int64_t begun_ = 0;  // strips of the panels before
  DeferredRows<kMatrices, Finish> deferred_;
};

template <int kMatrices, class Finish>
void MultiplyPanels(const InputRows<TileOperand>& inputs, int64_t rows,
                    const PanelWeights<kMatrices>& weights, Finish&& finish) {
  const Tiles tiles;
  TileMultiplication<kMatrices, std::remove_reference_t<Finish>>(inputs, rows, weights, finish).Run();
}

}  // namespace
