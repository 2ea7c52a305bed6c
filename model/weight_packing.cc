#include "model/weight_packing.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/parallel.h"

namespace vffn {
namespace {

constexpr int64_t kNumbersAtOnce = 1 << 18;  // of a matrix, for one thread: enough pieces for many cores

}  // namespace

std::shared_ptr<const kernels::PackedMatrix> WeightPacking::Add(const kernels::Kernels& kernels,
                                                                const kernels::PackArgs& args,
                                                                OpenRows open) {
  auto packed = std::make_shared<kernels::PackedMatrix>(kernels.allocate(args));
  const std::lock_guard lock(mutex_);
  Matrix& matrix = matrices_.emplace_back();
  matrix.kernels = &kernels;
  matrix.args = args;
  matrix.open = std::move(open);
  matrix.packed = packed;
  matrix.panels_left = packed->panels;
  return packed;
}

std::shared_ptr<const MatrixRows> WeightPacking::RowsOf(Matrix& matrix) {
  const std::lock_guard lock(matrix.mutex);
  if (!matrix.rows) {
    matrix.rows = matrix.open();
  }
  return matrix.rows;
}

void WeightPacking::Pack(Matrix& matrix, int64_t first_panel, int64_t end_panel) {
  const std::shared_ptr<const MatrixRows> rows = RowsOf(matrix);
  kernels::PackArgs args = matrix.args;
  args.rows = rows.get();
  matrix.kernels->fill(args, first_panel, end_panel, *matrix.packed);
  const std::lock_guard lock(matrix.mutex);
  matrix.panels_left -= end_panel - first_panel;
  if (matrix.panels_left == 0) {
    matrix.rows.reset();
  }
}

void WeightPacking::Run(int threads) {
  struct Piece {
    Matrix& matrix;
    int64_t first, end;  // panels
  };
  std::vector<Piece> pieces;
  for (Matrix& matrix : matrices_) {
    const int64_t panels = matrix.packed->panels;
    const int64_t at_once = std::max<int64_t>(1, kNumbersAtOnce * panels / (matrix.args.n * matrix.args.k));
    for (int64_t first = 0; first < panels; first += at_once) {
      pieces.push_back({matrix, first, std::min(first + at_once, panels)});
    }
  }
  ParallelFor(static_cast<int64_t>(pieces.size()), threads, [&](int64_t i) {
    const Piece& piece = pieces[static_cast<size_t>(i)];
    Pack(piece.matrix, piece.first, piece.end);
  });
  matrices_.clear();
}

}  // namespace vffn
