// The requests of docs as tries of tokens, so that shared prefixes are computed once.
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

  /// [nodes]: the node before each one; -1 at a root.
  std::vector<int32_t> Parents() const;
};

/// Queries of more than `longest_short` tokens share no node with shorter ones, whose tokens a model with
/// longrope rotates otherwise. 0: all queries share.
TokenTrie BuildTrie(const RequestDoc& doc, int64_t longest_short = 0);

/// Appends a trie to a batch. Returns the row of its node 0.
int32_t AppendTrie(PackedBatch& batch, const TokenTrie& trie);

/// The tries of some docs in one batch.
struct PackedTries {
  PackedBatch batch;
  std::vector<std::vector<int32_t>> rows;  ///< [doc][node of its trie]: row of the batch
};

struct SharingOptions {
  int64_t longest_short = 0;  ///< as BuildTrie

  /// Where attention computes every pair of rows of a trie: as many pairs cost as much as the rest of a row.
  /// 0: attention computes the visible pairs alone.
  int64_t pairs_per_row = 0;
};

/// Puts the tries of docs into one batch. A doc whose trie begins like that of the docs before it, as with
/// the same solved examples, goes into one trie with them, if that saves time: what they share is computed
/// once.
class TriePacker {
 public:
  explicit TriePacker(SharingOptions options);
  TriePacker(TriePacker&&) noexcept;
  TriePacker& operator=(TriePacker&&) noexcept;
  ~TriePacker();

  /// The nodes of this trie that the next Add would share.
  int64_t Shared(const TokenTrie& trie) const;

  /// `shared` is what Shared says of the trie.
  void Add(const TokenTrie& trie, int64_t shared);

  int64_t size() const { return size_; }  ///< rows so far

  /// The docs in the order in which they were added. To be called once.
  PackedTries Finish() const;

 private:
  struct Group;  // docs that share a trie, or one doc

  SharingOptions options_;
  std::vector<Group> groups_;
  int64_t size_ = 0;
};

}  // namespace vffn
