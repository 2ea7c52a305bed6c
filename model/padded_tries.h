// The tries of a batch as LibTorch's attention takes them: padded to rectangles.
#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "model/packed_batch.h"

namespace vffn {

/// Tries of like length, each padded to the same `length`.
struct PaddedTries {
  int64_t count = 0;
  int64_t length = 0;
  bool chains = false;  // no trie branches
  at::Tensor rows;      // [count * length] int64: row of the batch, 0 where there is none
  at::Tensor places;    // [count * length] int64: row of the batch, T where there is none
  // What decides who attends to whom, by place in the trie:
  at::Tensor ends;       // [count, length] int32: a row's descendants end before this place
  at::Tensor positions;  // [count, length] int32

  /// [count, 1, length, length] of `type`: 0 where row i attends to row j, minus infinity elsewhere. A row
  /// attends to itself and its ancestors, with a window only to those less than `window` positions before it.
  /// Computed on the device. Rows of padding attend to the root alone.
  at::Tensor Mask(int64_t window, at::ScalarType type) const;
};

/// All tries of a batch, on `device`, from the longest to the shortest. In a trie of n rows at most n / 3 +
/// 15 rows are padding. Throws Error if the segments of a trie are not in depth-first order.
std::vector<PaddedTries> PadTries(const PackedBatch& batch, const at::Device& device);

}  // namespace vffn
