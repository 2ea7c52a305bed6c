// The shuffle control: which token gets the loop count of which other token. No torch here.
#pragma once

#include <cstdint>
#include <vector>

#include "model/packed_batch.h"

namespace vffn {

/// For every row of the batch, the row whose loop count it gets: a permutation within each trie, drawn from
/// the seed, the layer and the trie's own tokens, so that it does not depend on the rest of the batch.
std::vector<int64_t> ShuffledRows(const PackedBatch& batch, uint64_t seed, int64_t layer);

}  // namespace vffn
