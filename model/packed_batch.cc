#include "model/packed_batch.h"

#include <algorithm>
#include <numeric>

namespace vffn {

int64_t VisiblePairs(const PackedBatch& batch, int64_t window) {
  int64_t pairs = 0;
  for (const int64_t position : batch.positions) {
    pairs += window > 0 ? std::min(position + 1, window) : position + 1;
  }
  return pairs;
}

void AppendSequence(PackedBatch& batch, const std::vector<int32_t>& tokens) {
  const auto begin = static_cast<int32_t>(batch.size());
  batch.tokens.insert(batch.tokens.end(), tokens.begin(), tokens.end());
  batch.positions.resize(batch.tokens.size());
  std::iota(batch.positions.begin() + begin, batch.positions.end(), 0);
  batch.segments.push_back({begin, static_cast<int32_t>(batch.size()), -1});
}

}  // namespace vffn
