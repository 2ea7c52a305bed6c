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
    const int64_t limit = kBlockK * kPlaces<Operand>;
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

/// Bytes of half of the L2 cache: what is read again and again may take so much.
inline int64_t HalfOfCache() {
  static const int64_t half = [] {
    const int64_t bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
    return (bytes > 0 ? bytes : int64_t{512} << 10) / 2;
  }();
  return half;
}

/// How many of m rows are multiplied at once if each takes so many bytes: half of the L2 cache holds them,
/// but at least 256, and blocks are of like size. A multiple of `multiple`.
inline int64_t RowsAtOnce(int64_t m, int64_t bytes_of_row, int64_t multiple) {
  constexpr int64_t kLeast = 256, kMost = 512;
  const int64_t most = Max(kLeast, Min(kMost, HalfOfCache() / bytes_of_row));
  const int64_t blocks = Max(1, DivideUp(m, most));  // also of no rows
  return RoundUp(DivideUp(m, blocks), multiple);
}

/// Weight matrices whose panels multiply the same inputs. The views begin in the same column of a panel.
template <int kMatrices>
struct PanelWeights {
  const PackedView* view[kMatrices];
  int64_t k_begin;  // column of the matrices that input column 0 multiplies, a multiple of kDepth
  int64_t skipped;  // input columns before the views' first one

  /// The panel of matrix m that is multiplied beside panel `first` of matrix 0.
  int64_t Beside(int64_t first, int m) const {
    return first + PanelOf(*view[m]->matrix, view[m]->n_begin) - PanelOf(*view[0]->matrix, view[0]->n_begin);
  }
};

/// Asks for the weights that lie behind those which are multiplied, in parts.
class Prefetch {
 public:
  /// `count` elements from `weights` on are multiplied in `parts` steps.
  template <class Element>
  Prefetch(const Element* weights, int64_t count, int64_t parts)
      : next_(reinterpret_cast<const char*>(weights + count)),
        bytes_of_part_(DivideUp(count * static_cast<int64_t>(sizeof(Element)), parts)) {}

  void Part(int64_t i) const {
    for (int64_t byte = i * bytes_of_part_; byte < (i + 1) * bytes_of_part_; byte += 64) {
      __builtin_prefetch(next_ + byte, 0, 2);
    }
  }

 private:
  const char* next_;
  int64_t bytes_of_part_;
};

/// The products of one block of inputs with all panels of the views. Inputs that do not fit into the L2 cache
/// are multiplied in chunks of k, which continue the sums of all panels.
template <class Operand, int kMatrices>
class PanelProducts {
 public:
  PanelProducts(const InputRows<Operand>& inputs, int64_t rows, const PanelWeights<kMatrices>& weights)
      : inputs_(inputs),
        rows_(rows),
        weights_(weights),
        height_(DivideUp(rows, DivideUp(rows, kTileRows))),
        stride_(RoundUp(rows, kTileRows) * kPanel) {
    const int64_t bytes_of_block =
        rows * Operand::kRowStride * static_cast<int64_t>(sizeof(typename Operand::Element));
    const int64_t blocks = inputs.blocks().count;
    chunks_ = DivideUp(blocks, Max(1, HalfOfCache() / bytes_of_block));
    chunk_blocks_ = DivideUp(blocks, chunks_);
    const int64_t panels = DivideUp(weights.view[0]->n(), kPanel) + weights.view[0]->matrix->parts + 1;
    sums_ = Scratch<float, 10>(stride_ * kMatrices * (chunks_ > 1 ? panels : 1));
  }

  template <class Finish>
  void Run(Finish& finish) const {
    for (int64_t chunk = 0; chunk < chunks_; ++chunk) {
      float* sums = sums_;
      ForEachPanel(*weights_.view[0], [&](const PanelSpan& span) {
        const float* of_matrices[kMatrices];
        for (int m = 0; m < kMatrices; ++m) {
          Multiply(span, m, chunk, sums + m * stride_);
          of_matrices[m] = sums + m * stride_;
        }
        if (chunk == chunks_ - 1) {
          finish(span, 0, rows_, of_matrices);
        }
        sums += chunks_ > 1 ? stride_ * kMatrices : 0;
      });
    }
  }

 private:
  void Multiply(const PanelSpan& span, int m, int64_t chunk, float* sums) const {
    const PackedMatrix& matrix = *weights_.view[m]->matrix;
    const int64_t panel = weights_.Beside(span.index, m);
    const KBlocks<Operand>& blocks = inputs_.blocks();
    for (int64_t block = chunk * chunk_blocks_; block < Min((chunk + 1) * chunk_blocks_, blocks.count);
         ++block) {
      const int64_t skipped =
          block == 0 ? weights_.skipped / Operand::kDepth * Operand::kDepth : 0;  // all of it in block 0
      const auto* b = PanelAt<Operand>(matrix, panel, weights_.k_begin + blocks.begin(block) + skipped);
      const int64_t k = blocks.size(block) - skipped;
      const Prefetch next(b, k * kPanel, DivideUp(rows_, height_));
      for (int64_t row = 0; row < rows_; row += height_) {
        next.Part(row / height_);
        Operand::MultiplyRows(Min(height_, rows_ - row), k, inputs_.At(block, row) + skipped, b,
                              kPanel * kPlaces<Operand>, sums + row * kPanel, kPanel, block > 0);
      }
    }
  }

  const InputRows<Operand>& inputs_;
  int64_t rows_;
  const PanelWeights<kMatrices>& weights_;
  int64_t height_;                 // of tiles: nearly all are equally high
  int64_t stride_;                 // between the sums of two matrices
  int64_t chunks_, chunk_blocks_;  // of k
  float* sums_;                    // of a panel; of all panels if there are several chunks
};

/// For each panel of the views, calls finish(PanelSpan, first row, rows, sums) until all rows are finished:
/// sums[i] are the rows' sums of matrix i, [rows, kPanel].
template <class Operand, int kMatrices, class Finish>
void MultiplyPanels(const InputRows<Operand>& inputs, int64_t rows, const PanelWeights<kMatrices>& weights,
                    Finish&& finish) {
  PanelProducts<Operand, kMatrices>(inputs, rows, weights).Run(finish);
}

}  // namespace
