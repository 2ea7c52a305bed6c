// Random numbers of the controls of the loop head, for each trie of a batch: drawn from the seed, the layer
// and the trie's own tokens, so that they do not depend on the rest of the batch. No torch here.
#pragma once

#include <cstdint>
#include <vector>

#include "model/packed_batch.h"

namespace vffn {

/// The shuffle control: for every row of the batch, the row whose loop count it gets: a permutation within
/// each trie.
std::vector<int64_t> ShuffledRows(const PackedBatch& batch, uint64_t seed, int64_t layer);

/// For every row of the batch a number that is uniform on [0, 1), by which its loop count is sampled.
std::vector<float> UniformRows(const PackedBatch& batch, uint64_t seed, int64_t layer);

}  // namespace vffn
