// The rows that a segment of a trie sees, by position, and its queries.
#pragma once

#include "model/kernels/head_rows.h"
#include "model/kernels/softmax_rows.h"

namespace {

using vffn::Segment;

/// A path from a root through segments. It moves from segment to segment; what two paths share stays, and in
/// depth-first order nothing is added twice.
class TriePath {
 public:
  explicit TriePath(std::span<const Segment> segments) : segments_(segments) {
    before_ = Scratch<int64_t, 6>(segments.size());
    for (size_t s = 0; s < segments.size(); ++s) {
      const int32_t parent = segments[s].parent;
      before_[s] = parent < 0 ? 0 : end(parent);
      longest_ = Max(longest_, end(s));
    }
    rows_ = Scratch<int64_t, 20>(longest_);
  }

  /// Rows on the path to the end of the segment, and before its first one.
  int64_t end(int64_t s) const { return before_[s] + segments_[s].end - segments_[s].begin; }
  int64_t before(int64_t s) const { return before_[s]; }
  int64_t longest() const { return longest_; }

  /// The row at each position of the path.
  const int64_t* rows() const { return rows_; }

  void Clear() { last_ = -1; }

  /// Makes the path end with segment s. Returns the first position that is new.
  int64_t MoveTo(int64_t s) {
    const int64_t parent = segments_[s].parent;
    int64_t shared = last_;
    while (shared > parent) {
      shared = segments_[shared].parent;
    }
    const int64_t first = shared == parent ? before_[s] : MoveTo(parent);
    for (int64_t row = segments_[s].begin, position = before_[s]; row < segments_[s].end; ++row, ++position) {
      rows_[position] = row;
    }
    last_ = s;
    return first;
  }

 private:
  std::span<const Segment> segments_;
  int64_t* before_;
  int64_t* rows_;
  int64_t longest_ = 0;
  int64_t last_ = -1;  // the segment with which the path ends; -1: it is empty
};

constexpr int64_t kMostQueryRows = 64;  // (token, head) pairs handled at once

/// Queries of one key-value head in one segment: row r has the place of token r / group, head r % group.
struct QueryRows {
  int64_t count;
  int64_t start, end;  // positions of the keys with which they are multiplied
  int64_t row[kMostQueryRows], head[kMostQueryRows];
  float* out[kMostQueryRows];
  VisibleKeys visible[kMostQueryRows];  // from `start`
};

/// The first key with which queries from `position` on are multiplied: the first one that the window shows,
/// or up to an alignment before it.
inline int64_t FirstKey(int64_t position, int64_t window) {
  return window > 0 ? Max(0, position + 1 - window) / kKeyAlignment * kKeyAlignment : 0;
}

/// Rows [first, first + count) of segment s.
inline void FindQueries(const AttentionArgs& args, const TriePath& path, int64_t s, int64_t kv_head,
                        int64_t first, int64_t count, QueryRows& rows) {
  const int64_t group = args.n_heads / args.n_kv_heads;
  int64_t token = first / group, head = first % group;
  rows.count = count;
  rows.start = FirstKey(path.before(s) + token, args.window);
  for (int64_t r = 0; r < count; ++r) {
    const int64_t row = args.segments[s].begin + token;
    const int64_t end = path.before(s) + token + 1;
    rows.row[r] = row;
    rows.head[r] = kv_head * group + head;
    rows.out[r] = args.out + (row * args.n_heads + rows.head[r]) * args.head_size;
    rows.visible[r] = {args.window > 0 ? Max(rows.start, end - args.window) - rows.start : 0,
                       end - rows.start};
    rows.end = end;
    if (++head == group) {
      head = 0;
      ++token;
    }
  }
}

}  // namespace
