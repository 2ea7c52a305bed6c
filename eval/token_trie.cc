#include "eval/token_trie.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

struct Node {
  TokenId token;
  int32_t first_child = -1;
  int32_t last_child = -1;
  int32_t next_sibling = -1;
};

/// A trie in the order of insertion; its roots stand before every first token.
class Builder {
 public:
  static constexpr int32_t kRoot = 0;
  static constexpr int32_t kRootOfLong = 1;

  Builder() : nodes_{{.token = -1}, {.token = -1}} {}

  int64_t size() const { return static_cast<int64_t>(nodes_.size()) - 2; }

  /// The child of `node` with this token; -1 if there is none.
  int32_t Find(int32_t node, TokenId token) const {
    int32_t child = nodes_[node].first_child;
    while (child >= 0 && nodes_[child].token != token) {
      child = nodes_[child].next_sibling;
    }
    return child;
  }

  /// The same, made if need be.
  int32_t Child(int32_t node, TokenId token) {
    if (const int32_t found = Find(node, token); found >= 0) {
      return found;
    }
    const auto child = static_cast<int32_t>(nodes_.size());
    nodes_.push_back({.token = token});
    Node& parent = nodes_[node];
    (parent.first_child < 0 ? parent.first_child : nodes_[parent.last_child].next_sibling) = child;
    parent.last_child = child;
    return child;
  }

  /// Writes the nodes to `trie`, depth first; returns each inserted node's row.
  std::vector<int32_t> Flatten(TokenTrie& trie) const {
    struct Start {
      int32_t node, depth, parent_segment;
    };
    std::vector<int32_t> rows(nodes_.size(), -1);
    std::vector<Start> open;
    const auto push_children = [&](int32_t node, int32_t depth, int32_t segment) {
      const size_t first = open.size();
      for (int32_t child = nodes_[node].first_child; child >= 0; child = nodes_[child].next_sibling) {
        open.push_back({child, depth, segment});
      }
      std::reverse(open.begin() + first, open.end());  // the stack gives the first child first
    };
    push_children(kRootOfLong, 0, -1);
    push_children(kRoot, 0, -1);
    while (!open.empty()) {
      const Start start = open.back();
      open.pop_back();
      const auto segment = static_cast<int32_t>(trie.segments.size());
      const auto begin = static_cast<int32_t>(trie.tokens.size());
      int32_t node = start.node;
      int32_t depth = start.depth;
      for (;; node = nodes_[node].first_child, ++depth) {
        rows[node] = static_cast<int32_t>(trie.tokens.size());
        trie.tokens.push_back(nodes_[node].token);
        trie.positions.push_back(depth);
        if (nodes_[node].first_child < 0 || nodes_[node].first_child != nodes_[node].last_child) {
          break;
        }
      }
      trie.segments.push_back({begin, static_cast<int32_t>(trie.tokens.size()), start.parent_segment});
      push_children(node, depth + 1, segment);
    }
    return rows;
  }

 private:
  std::vector<Node> nodes_;
};

/// Tokens that docs must begin with in common. Solved examples have more; questions alone hardly ever do, so
/// that zero-shot docs make the same work in any pack.
constexpr int64_t kLeastShared = 32;

/// Rows of a trie for which attention masks all pairs of rows.
constexpr int64_t kLongestMasked = 4096;

/// Whether the tree that begins at node `root` has a path of more than `longest_short` tokens.
bool IsLong(const TokenTrie& trie, size_t root, int64_t longest_short) {
  int64_t length = 0;
  for (size_t i = root; i < trie.positions.size() && (i == root || trie.positions[i] > 0); ++i) {
    length = std::max<int64_t>(length, trie.positions[i] + 1);
  }
  return longest_short > 0 && length > longest_short;
}

/// The places of a trie's nodes in a Builder, from the roots on: step(place of the parent, token), or -1
/// below a -1.
template <class Step>
std::vector<int32_t> Follow(const TokenTrie& trie, int64_t longest_short, const Step& step) {
  std::vector<int32_t> nodes = trie.Parents();
  int32_t root = Builder::kRoot;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i] < 0) {
      root = IsLong(trie, i, longest_short) ? Builder::kRootOfLong : Builder::kRoot;
    }
    const int32_t parent = nodes[i] < 0 ? root : nodes[nodes[i]];
    nodes[i] = parent < 0 ? -1 : step(parent, trie.tokens[i]);
  }
  return nodes;
}

}  // namespace

TokenTrie BuildTrie(const RequestDoc& doc, int64_t longest_short) {
  Builder builder;
  TokenTrie trie;
  for (const Request& request : doc.requests) {
    VFFN_CHECK(!request.context.empty() && !request.continuation.empty(), doc.task, " doc ", doc.doc_id,
               ": a request has an empty context or continuation");
    const size_t query = request.context.size() + request.continuation.size() - 1;
    int32_t node =
        longest_short > 0 && std::cmp_greater(query, longest_short) ? Builder::kRootOfLong : Builder::kRoot;
    for (const TokenId token : request.context) {
      node = builder.Child(node, token);
    }
    std::vector<int32_t>& predictors = trie.predictors.emplace_back();
    predictors.push_back(node);
    for (size_t i = 0; i + 1 < request.continuation.size(); ++i) {
      node = builder.Child(node, request.continuation[i]);
      predictors.push_back(node);
    }
  }
  const std::vector<int32_t> rows = builder.Flatten(trie);
  for (std::vector<int32_t>& predictors : trie.predictors) {
    for (int32_t& node : predictors) {
      node = rows[node];
    }
  }
  return trie;
}

std::vector<int32_t> TokenTrie::Parents() const {
  std::vector<int32_t> parents(tokens.size());
  for (const Segment& segment : segments) {
    parents[segment.begin] = segment.parent < 0 ? -1 : segments[segment.parent].end - 1;
    std::iota(parents.begin() + segment.begin + 1, parents.begin() + segment.end, segment.begin);
  }
  return parents;
}

int32_t AppendTrie(PackedBatch& batch, const TokenTrie& trie) {
  const auto first_row = static_cast<int32_t>(batch.size());
  const auto first_segment = static_cast<int32_t>(batch.segments.size());
  batch.tokens.insert(batch.tokens.end(), trie.tokens.begin(), trie.tokens.end());
  batch.positions.insert(batch.positions.end(), trie.positions.begin(), trie.positions.end());
  for (const Segment& segment : trie.segments) {
    batch.segments.push_back({segment.begin + first_row, segment.end + first_row,
                              segment.parent < 0 ? -1 : segment.parent + first_segment});
  }
  return first_row;
}

struct TriePacker::Group {
  Builder builder;
  std::vector<std::vector<int32_t>> docs;  // places of their nodes in the builder
};

TriePacker::TriePacker(SharingOptions options) : options_(options) {}
TriePacker::TriePacker(TriePacker&&) noexcept = default;
TriePacker& TriePacker::operator=(TriePacker&&) noexcept = default;
TriePacker::~TriePacker() = default;

int64_t TriePacker::Shared(const TokenTrie& trie) const {
  if (groups_.empty()) {
    return 0;
  }
  const Builder& builder = groups_.back().builder;
  const std::vector<int32_t> nodes = Follow(trie, options_.longest_short, [&](int32_t parent, TokenId token) {
    return builder.Find(parent, token);
  });
  int64_t shared = 0, longest = 0;  // nodes in all, and on one path
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i] >= 0) {
      ++shared;
      longest = std::max<int64_t>(longest, trie.positions[i] + 1);
    }
  }
  if (longest < kLeastShared) {
    return 0;
  }
  if (options_.pairs_per_row > 0) {
    const int64_t before = builder.size(), alone = trie.size(), together = before + alone - shared;
    const int64_t more_pairs = together * together - before * before - alone * alone;
    return together <= kLongestMasked && more_pairs <= shared * options_.pairs_per_row ? shared : 0;
  }
  return shared;
}

void TriePacker::Add(const TokenTrie& trie, int64_t shared) {
  if (shared == 0) {
    groups_.emplace_back();
  }
  Group& group = groups_.back();
  const int64_t before = group.builder.size();
  group.docs.push_back(Follow(trie, options_.longest_short, [&](int32_t parent, TokenId token) {
    return group.builder.Child(parent, token);
  }));
  size_ += group.builder.size() - before;
}

PackedTries TriePacker::Finish() const {
  PackedTries packed;
  for (const Group& group : groups_) {
    TokenTrie trie;
    const std::vector<int32_t> row_of = group.builder.Flatten(trie);
    const int32_t first_row = AppendTrie(packed.batch, trie);
    for (const std::vector<int32_t>& nodes : group.docs) {
      std::vector<int32_t>& rows = packed.rows.emplace_back();
      for (const int32_t node : nodes) {
        rows.push_back(first_row + row_of[node]);
      }
    }
  }
  return packed;
}

}  // namespace vffn
