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

/// The number of pairs (token, token it attends to), itself included. A token attends to `position` tokens
/// before it and to itself, but with a window at most to `window` tokens; 0: no window.
int64_t VisiblePairs(const PackedBatch& batch, int64_t window = 0);

/// Rows [begin, end) of one trie.
struct TrieRows {
  int64_t begin, end;
};

std::vector<TrieRows> TriesOf(const PackedBatch& batch);

/// Throws Error if a position is not in 0 to max_sequence_length - 1.
void CheckPositions(const std::vector<int32_t>& positions, int64_t max_sequence_length);

/// Appends a plain sequence: a trie of one chain.
void AppendSequence(PackedBatch& batch, const std::vector<int32_t>& tokens);

}  // namespace vffn
