#include "model/packed_batch.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace vffn {

int64_t VisiblePairs(const PackedBatch& batch, int64_t window) {
  int64_t pairs = 0;
  for (const int32_t position : batch.positions) {
    const int64_t all = int64_t{position} + 1;
    pairs += window > 0 ? std::min(all, window) : all;
  }
  return pairs;
}

std::vector<TrieRows> TriesOf(const PackedBatch& batch) {
  std::vector<TrieRows> tries;
  for (const Segment& segment : batch.segments) {
    if (segment.parent < 0) {
      tries.push_back({segment.begin, segment.end});
    } else {
      tries.back().end = segment.end;
    }
  }
  return tries;
}

void CheckPositions(const std::vector<int32_t>& positions, int64_t max_sequence_length) {
  for (const int32_t position : positions) {
    VFFN_CHECK(position >= 0 && position < max_sequence_length, "position ", position,
               " is outside the model's longest sequence of ", max_sequence_length, " tokens");
  }
}

void AppendSequence(PackedBatch& batch, const std::vector<int32_t>& tokens) {
  const auto begin = static_cast<int32_t>(batch.size());
  batch.tokens.insert(batch.tokens.end(), tokens.begin(), tokens.end());
  batch.positions.resize(batch.tokens.size());
  std::iota(batch.positions.begin() + begin, batch.positions.end(), 0);
  batch.segments.push_back({begin, static_cast<int32_t>(batch.size()), -1});
}

}  // namespace vffn
