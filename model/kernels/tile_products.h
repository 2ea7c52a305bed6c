// Rows of inputs times panels of weights with tiles of bfloat16 pairs. Overloads the names of
// panel_products.h.
#pragma once

#include "model/kernels/amx_tiles.h"
#include "model/kernels/panel_products.h"

namespace {

/// Operands held as bfloat16, multiplied in tiles: 32 rows by 32 columns at once.
struct TileOperand {
  using Element = uint16_t;
  static constexpr bool kPairs = true;
  static constexpr int64_t kDepth = kTileDepth;
  static constexpr int64_t kRowsOfTile = 2 * kTileHeight;

  static Element Convert(float x) { return ToBfloat16(x); }
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
    rows_of_step_ = DivideUp(rows, steps);
  }

  void Step(Finish& finish) {
    for (int64_t i = 0; i < rows_of_step_ && next_ < rows_; ++i) {
      Next(finish);
    }
  }

  void Rest(Finish& finish) {
    while (next_ < rows_) {
      Next(finish);
    }
  }

 private:
  void Next(Finish& finish) {
    const float* of_row[kMatrices];
    for (int m = 0; m < kMatrices; ++m) {
      of_row[m] = sums_ + (m * TileOperand::kRowsOfTile + next_) * kPanel;
    }
    finish(span_, first_ + next_, of_row);
    ++next_;
  }

  PanelSpan span_ = {};
  int64_t first_ = 0, rows_ = 0, next_ = 0, rows_of_step_ = 0;
  const float* sums_ = nullptr;
};

/// sums [2 kTileHeight, kPanel] = a b for two tiles of rows; `step` is called once per tile of k.
template <class Step>
[[gnu::always_inline]] inline void MultiplyTwoTiles(int64_t steps, const uint16_t* first,
                                                    const uint16_t* second, const uint16_t* b, float* sums,
                                                    Step&& step) {
  asm volatile("" ::: "memory");  // what tiles are loaded from has been written
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (int64_t s = 0; s < steps; ++s) {
    _tile_loadd(4, first + s * kTileElements, 64);
    _tile_loadd(6, b + s * 2 * kTileElements, 128);
    _tile_loadd(7, b + s * 2 * kTileElements + kTileDepth, 128);
    _tile_loadd(5, second + s * kTileElements, 64);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
    step();
  }
  _tile_stored(0, sums, 128);
  _tile_stored(1, sums + kTileHeight, 128);
  _tile_stored(2, sums + kTileHeight * kPanel, 128);
  _tile_stored(3, sums + kTileHeight * kPanel + kTileHeight, 128);
}

/// The same for one tile of rows.
template <class Step>
[[gnu::always_inline]] inline void MultiplyOneTile(int64_t steps, const uint16_t* first, const uint16_t* b,
                                                   float* sums, Step&& step) {
  asm volatile("" ::: "memory");
  _tile_zero(0);
  _tile_zero(1);
  for (int64_t s = 0; s < steps; ++s) {
    _tile_loadd(4, first + s * kTileElements, 64);
    _tile_loadd(6, b + s * 2 * kTileElements, 128);
    _tile_loadd(7, b + s * 2 * kTileElements + kTileDepth, 128);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    step();
  }
  _tile_stored(0, sums, 128);
  _tile_stored(1, sums + kTileHeight, 128);
}

template <int kMatrices, class Finish>
void MultiplyPanels(const InputRows<TileOperand>& inputs, int64_t rows,
                    const PanelWeights<kMatrices>& weights, Finish&& finish) {
  constexpr int64_t kRows = TileOperand::kRowsOfTile;
  const Tiles tiles;
  const int64_t steps = inputs.steps();
  float* buffers[2];  // in turn: sums that are computed, sums that are used
  buffers[0] = Scratch<float, 14>(2 * kMatrices * kRows * kPanel);
  buffers[1] = buffers[0] + kMatrices * kRows * kPanel;
  DeferredRows<kMatrices, std::remove_reference_t<Finish>> deferred;
  const auto step = [&] { deferred.Step(finish); };
  ForEachPanel(*weights.view[0], [&](const PanelSpan& span) {
    for (int64_t row = 0; row < rows; row += kRows) {
      for (int m = 0; m < kMatrices; ++m) {
        const PackedView& view = *weights.view[m];
        const int64_t panel = PanelOf(*view.matrix, view.n_begin) + span.index -
                              PanelOf(*weights.view[0]->matrix, weights.view[0]->n_begin);
        const uint16_t* b = PanelAt<TileOperand>(*view.matrix, panel, weights.k_begin);
        float* sums = buffers[0] + m * kRows * kPanel;
        if (rows - row > kTileHeight) {
          MultiplyTwoTiles(steps, inputs.Tile(row), inputs.Tile(row + kTileHeight), b, sums, step);
        } else {
          MultiplyOneTile(steps, inputs.Tile(row), b, sums, step);
        }
      }
      deferred.Rest(finish);
      deferred.Begin(span, row, Min(kRows, rows - row), buffers[0], kMatrices * steps);
      std::swap(buffers[0], buffers[1]);
    }
  });
  deferred.Rest(finish);
}

}  // namespace
