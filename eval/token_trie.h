// The requests of one doc as a trie of tokens, so that shared prefixes are computed once.
#pragma once

#include <cstdint>
#include <vector>

#include "eval/request.h"
#include "model/packed_batch.h"

namespace vffn {

/// The distinct prefixes of a doc's queries (context + continuation without its last token), in depth-first
/// order. A node attends to its ancestors; the log-probability of a token is read at the node before it.
struct TokenTrie {
  std::vector<TokenId> tokens;     ///< [nodes]
  std::vector<int32_t> positions;  ///< [nodes] depth, from 0
  std::vector<Segment> segments;   ///< maximal chains, over rows of this trie

  /// [request][token of its continuation]: the node that predicts it.
  std::vector<std::vector<int32_t>> predictors;

  int64_t size() const { return static_cast<int64_t>(tokens.size()); }
};

/// Queries of more than `longest_short` tokens share no node with shorter ones, whose tokens a model with
/// longrope rotates otherwise. 0: all queries share.
TokenTrie BuildTrie(const RequestDoc& doc, int64_t longest_short = 0);

/// Appends a trie to a batch. Returns the row of its node 0.
int32_t AppendTrie(PackedBatch& batch, const TokenTrie& trie);

}  // namespace vffn
