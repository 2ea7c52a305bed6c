// What one forward pass sees: the token tries of many docs, one after another, without padding.
#pragma once

#include <cstdint>
#include <vector>

#include "model/kernels/kernels.h"

namespace vffn {

using kernels::Segment;

/// T trie nodes. A node's segment says what it attends to; its position (depth in its trie) is what it is
/// rotated by.
struct PackedBatch {
  std::vector<int32_t> tokens;     // [T]
  std::vector<int32_t> positions;  // [T]
  std::vector<Segment> segments;   // cover the rows 0..T-1 in order; a root begins a new trie

  int64_t size() const { return static_cast<int64_t>(tokens.size()); }
};

/// (token, token it attends to), itself included: a token sees as many tokens as its position says, and
/// itself.
int64_t VisiblePairs(const PackedBatch& batch);

/// Appends a plain sequence: a trie of one chain.
void AppendSequence(PackedBatch& batch, const std::vector<int32_t>& tokens);

}  // namespace vffn
