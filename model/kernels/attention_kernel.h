// Attention under the ancestor mask of a trie.
#pragma once

#include "model/kernels/attention_float.h"
#include "model/kernels/attention_path.h"
#ifdef VFFN_TILES
#include "model/kernels/attention_tiles.h"
#endif

namespace {

/// Attends from every row of the trie with segments [begin, end). Keys and values are packed once for all
/// segments that see them.
template <class Products>
void AttendTrie(const AttentionArgs& args, int64_t begin, int64_t end, TriePath& path, Products& products) {
  const int64_t group = args.n_heads / args.n_kv_heads;
  QueryRows rows;
  for (int64_t kv_head = 0; kv_head < args.n_kv_heads; ++kv_head) {
    path.Clear();
    for (int64_t s = begin; s < end; ++s) {
      products.Pack(path.rows(), path.MoveTo(s), path.end(s), kv_head);
      const int64_t count = (path.end(s) - path.before(s)) * group;
      for (int64_t first = 0; first < count; first += Products::kQueryRows) {
        FindQueries(args, path, s, kv_head, first, Min(Products::kQueryRows, count - first), rows);
        products.Attend(rows);
      }
    }
  }
}

template <class Products>
void AttendTries(const AttentionArgs& args) {
  const auto segments = static_cast<int64_t>(args.segments.size());
  TriePath path(args.segments);
  Products products(args, path.longest());
  for (int64_t begin = segments, end = segments; end > 0; end = begin) {  // what was written last is cached
    do {
      --begin;
    } while (args.segments[begin].parent >= 0);
    AttendTrie(args, begin, end, path, products);
  }
}

void Attention(const AttentionArgs& args) {
#ifdef VFFN_TILES
  if (args.precision == GemmPrecision::kBfloat16) {
    return AttendTries<TileAttention>(args);
  }
#endif
  AttendTries<FloatAttention>(args);
}

}  // namespace
