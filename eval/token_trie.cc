#include "eval/token_trie.h"

#include <algorithm>
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

  /// The child of `node` with this token, made if need be.
  int32_t Child(int32_t node, TokenId token) {
    for (int32_t child = nodes_[node].first_child; child >= 0; child = nodes_[child].next_sibling) {
      if (nodes_[child].token == token) {
        return child;
      }
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

}  // namespace vffn
