// Rows of inputs times panels of weights, for operands of vectors. An operand of tiles overloads these names.
#pragma once

#include <unistd.h>

#include "model/kernels/float_operands.h"
#include "model/kernels/packed_weights.h"

namespace {

/// How k is cut into blocks of equal length (but the last): whole panels, at most kBlockK values per step.
template <class Operand>
struct KBlocks {
  explicit KBlocks(int64_t k) : total(k) {
    const int64_t limit = kBlockK * (Operand::kPairs ? 2 : 1);
    length = RoundUp(DivideUp(k, DivideUp(k, limit)), kPanel);
    count = DivideUp(k, length);
  }
  int64_t begin(int64_t block) const { return block * length; }
  int64_t size(int64_t block) const { return Min(total - begin(block), length); }

  int64_t total, length, count;
};

/// Rows of k inputs, converted: [k blocks, rows, kRowStride]. In memory of the caller.
template <class Operand>
class InputRows {
 public:
  using Element = typename Operand::Element;

  InputRows(Element* memory, int64_t rows, int64_t k) : data_(memory), rows_(rows), blocks_(k) {}

  static int64_t Elements(int64_t rows, int64_t k) {
    return KBlocks<Operand>(k).count * rows * Operand::kRowStride;
  }

  static int64_t ElementsOfRow(int64_t k) { return Elements(1, k); }

  const KBlocks<Operand>& blocks() const { return blocks_; }
  const Element* At(int64_t block, int64_t row) const {
    return data_ + (block * rows_ + row) * Operand::kRowStride;
  }

  /// Inputs x[0] to x[n - 1] become columns `begin` and on of the row. The columns before them are zeros, as
  /// those after them up to a whole step.
  void Fill(int64_t row, const float* x, int64_t begin, int64_t n) {
    for (int64_t block = 0; block < blocks_.count; ++block) {
      Element* to = data_ + (block * rows_ + row) * Operand::kRowStride;
      const int64_t first = blocks_.begin(block);
      const int64_t size = Min(begin + n - first, blocks_.length);
      int64_t i = 0;
      for (; i < begin - first; ++i) {
        to[i] = 0;
      }
      Operand::ConvertRow(x + first + i - begin, size - i, to + i);
      to[size] = 0;  // the other half of the last pair, if k is odd
    }
  }

  /// kPanel values become the columns from `column` on, a multiple of kPanel.
  void FillPanel(int64_t row, int64_t column, const float* values) {
    const int64_t block = column / blocks_.length;
    Operand::ConvertRow(values, kPanel,
                        data_ + (block * rows_ + row) * Operand::kRowStride + column - blocks_.begin(block));
  }

  /// Zeros rows from `rows` up to a whole number of tiles.
  void Finish(int64_t rows) {
    for (int64_t row = rows; row < RoundUp(rows, kTileRows); ++row) {
      for (int64_t block = 0; block < blocks_.count; ++block) {
        std::memset(data_ + (block * rows_ + row) * Operand::kRowStride, 0,
                    Operand::kRowStride * sizeof(Element));
      }
    }
  }

 private:
  Element* data_;
  int64_t rows_;
  KBlocks<Operand> blocks_;
};

/// How many of m rows are multiplied at once if each takes so many bytes: half of the L2 cache holds them,
/// and blocks are of like size. A multiple of `multiple`.
inline int64_t RowsAtOnce(int64_t m, int64_t bytes_of_row, int64_t multiple) {
  static const int64_t cache = [] {
    const int64_t bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
    return bytes > 0 ? bytes : int64_t{512} << 10;
  }();
  constexpr int64_t kLeast = 192, kMost = 512;
  const int64_t most = Max(kLeast, Min(kMost, cache / 2 / bytes_of_row));
  return RoundUp(DivideUp(m, DivideUp(m, most)), multiple);
}

/// Weight matrices whose panels multiply the same inputs. The views begin in the same column of a panel.
template <int kMatrices>
struct PanelWeights {
  const PackedView* view[kMatrices];
  int64_t k_begin;  // column of the matrices that input column 0 multiplies, a multiple of kDepth
  int64_t skipped;  // input columns before the views' first one
};

/// For each panel of the views, calls finish(PanelSpan, first row, rows, sums) until all rows are finished:
/// sums[i] are the rows' sums of matrix i, [rows, kPanel].
template <class Operand, int kMatrices, class Finish>
void MultiplyPanels(const InputRows<Operand>& inputs, int64_t rows, const PanelWeights<kMatrices>& weights,
                    Finish&& finish) {
  const int64_t stride = RoundUp(rows, kTileRows) * kPanel;  // between the sums of two matrices
  float* sums = Scratch<float, 10>(stride * kMatrices);
  const KBlocks<Operand>& blocks = inputs.blocks();
  const int64_t height = DivideUp(rows, DivideUp(rows, kTileRows));  // of tiles: nearly all are equally high
  ForEachPanel(*weights.view[0], [&](const PanelSpan& span) {
    for (int m = 0; m < kMatrices; ++m) {
      const PackedView& view = *weights.view[m];
      const int64_t panel = PanelOf(*view.matrix, view.n_begin) + span.index -
                            PanelOf(*weights.view[0]->matrix, weights.view[0]->n_begin);
      for (int64_t block = 0; block < blocks.count; ++block) {
        const int64_t skipped =
            block == 0 ? weights.skipped / Operand::kDepth * Operand::kDepth : 0;  // all of it in block 0
        const auto* b =
            PanelAt<Operand>(*view.matrix, panel, weights.k_begin + blocks.begin(block) + skipped);
        for (int64_t row = 0; row < rows; row += height) {
          Operand::MultiplyRows(Min(height, rows - row), blocks.size(block) - skipped,
                                inputs.At(block, row) + skipped, b, kPanel * (Operand::kPairs ? 2 : 1),
                                sums + m * stride + row * kPanel, kPanel, block > 0);
        }
      }
    }
    const float* of_matrices[kMatrices];
    for (int m = 0; m < kMatrices; ++m) {
      of_matrices[m] = sums + m * stride;
    }
    finish(span, 0, rows, of_matrices);
  });
}

}  // namespace
