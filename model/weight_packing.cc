#include "model/weight_packing.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/parallel.h"

namespace vffn {
namespace {

constexpr int64_t kNumbersAtOnce = 1 << 18;  // of a matrix, for one thread: enough pieces for many cores

/// Asks for the pages of panels at once, which takes less time than a fault for each. Only speed depends on
/// it: the pages that a system does not give now come when they are written.
void AskForPages([[maybe_unused]] const kernels::PackedMatrix& packed, [[maybe_unused]] int64_t first_panel,
                 [[maybe_unused]] int64_t end_panel) {
#ifdef MADV_POPULATE_WRITE
  static const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto data = reinterpret_cast<uintptr_t>(packed.data.get());
  const uintptr_t begin =
      (data + static_cast<size_t>(first_panel) * packed.panel_bytes + page - 1) / page * page;
  const uintptr_t end = (data + static_cast<size_t>(end_panel) * packed.panel_bytes) / page * page;
  if (begin < end) {
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_WRITE);
  }
#endif
}

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
  AskForPages(*matrix.packed, first_panel, end_panel);
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
