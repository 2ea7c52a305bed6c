// The input of one forward pass: the token tries of many docs, one after another, without padding.
#pragma once

#include <cstdint>
#include <vector>

#include "model/trie_rows.h"

namespace vffn {

/// T trie nodes. A node attends to what its segment says, and is rotated by its position (its depth in its
/// trie).
struct PackedBatch {
  std::vector<int32_t> tokens;     // [T]
  std::vector<int32_t> positions;  // [T]
  std::vector<Segment> segments;   // cover the rows 0..T-1 in order; a root begins a new trie

  int64_t size() const { return static_cast<int64_t>(tokens.size()); }
};

/// The number of pairs (token, token it attends to), itself included. A token attends to itself and to all
/// `position` tokens before it; with a window, to at most window - 1 of them.
int64_t VisiblePairs(const PackedBatch& batch, int64_t window = 0);

/// Appends a plain sequence: a trie of one chain.
void AppendSequence(PackedBatch& batch, const std::vector<int32_t>& tokens);

}  // namespace vffn
