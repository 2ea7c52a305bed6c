// Packing the weights of a model straight from its checkpoint, on all cores.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include "model/kernels/kernels.h"
#include "model/matrix_rows.h"

namespace vffn {

/// Matrices to be packed. A model's layers add theirs, in any thread; then Run packs all of them, some panels
/// at a time. A matrix is never in memory as float32: a few rows of it are, on the way into a panel.
class WeightPacking {
 public:
  using OpenRows = std::function<std::shared_ptr<const MatrixRows>()>;

  /// Memory for the matrix that `args` (without weights and rows) describe. Its values are there after Run.
  std::shared_ptr<const kernels::PackedMatrix> Add(const kernels::Kernels& kernels,
                                                   const kernels::PackArgs& args, OpenRows open);

  /// Packs everything that was added, with so many threads. Throws what opening and reading rows throws.
  void Run(int threads);

 private:
  struct Matrix {
    const kernels::Kernels* kernels = nullptr;
    kernels::PackArgs args;
    OpenRows open;
    std::shared_ptr<kernels::PackedMatrix> packed;
    std::mutex mutex;
    std::shared_ptr<const MatrixRows> rows;  // from the first panel to the last one
    int64_t panels_left = 0;
  };

  static std::shared_ptr<const MatrixRows> RowsOf(Matrix& matrix);
  static void Pack(Matrix& matrix, int64_t first_panel, int64_t end_panel);

  std::mutex mutex_;
  std::list<Matrix> matrices_;
};

}  // namespace vffn
