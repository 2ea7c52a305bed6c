// How rows of token tries are described: which rows a row attends to, and which predictions are wanted.
// No torch here.
#pragma once

#include <cstdint>

namespace vffn {

/// A maximal chain of trie nodes in rows [begin, end) of a batch. A row attends to the rows of its own chain
/// up to itself, and to all rows of the parent chain, of that one's parent, and so on.
struct Segment {
  int32_t begin = 0;
  int32_t end = 0;
  int32_t parent = -1;  ///< index of an earlier segment; -1 at a root, which begins a new trie
};

/// One log-probability to compute: of `token`, given the hidden state in `row`.
struct Target {
  int32_t row = 0;
  int32_t token = 0;
};

}  // namespace vffn
