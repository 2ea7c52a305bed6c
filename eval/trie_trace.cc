#include "eval/trie_trace.h"

#include <map>

#include "base/error.h"

namespace vffn {
namespace {

class TokenTracer {
 public:
  TokenTracer(const RequestDoc& doc, const TokenTrie& trie) : doc_(doc), trie_(trie) {
    const size_t nodes = trie.tokens.size();
    trace_.task = doc.task;
    trace_.doc_id = doc.doc_id;
    trace_.nodes_run = trie.size();
    trace_.tokens.assign(trie.tokens.begin(), trie.tokens.end());
    trace_.positions = trie.positions;
    trace_.parents = trie.Parents();
    trace_.choices.assign(nodes, -1);
    trace_.readers.assign(nodes, 0);
    trace_.scored.assign(nodes, 0);
    trace_.log_probs.assign(nodes, std::nullopt);
    for (size_t i = 0; i < nodes; ++i) {
      children_[{trace_.parents[i], trace_.tokens[i]}] = static_cast<int32_t>(i);
    }
  }

  void Add(size_t request, const RequestScores& scores) {
    const std::vector<int32_t>& predictors = trie_.predictors[request];
    const std::vector<TokenId>& continuation = doc_.requests[request].continuation;
    VFFN_CHECK(scores.log_probs.size() == continuation.size(), doc_.task, " doc ", doc_.doc_id, ", request ",
               request, ": ", scores.log_probs.size(), " log-probabilities of ", continuation.size(),
               " tokens");
    for (int32_t node = predictors.back(); node >= 0; node = trace_.parents[node]) {
      Hold(node, request);
      ++trace_.readers[node];
    }
    for (size_t i = 0; i < continuation.size(); ++i) {
      const int32_t node = Child(predictors[i], continuation[i]);
      Hold(node, request);
      ++trace_.scored[node];
      trace_.log_probs[node] = scores.log_probs[i];
    }
  }

  DocTrace Take() { return std::move(trace_); }

 private:
  void Hold(int32_t node, size_t request) {
    if (trace_.choices[node] < 0) {
      trace_.choices[node] = static_cast<int32_t>(request);
    }
  }

  /// Created if it is the last token of a continuation, which no request reads.
  int32_t Child(int32_t parent, TokenId token) {
    const auto [place, is_new] = children_.try_emplace({parent, token}, static_cast<int32_t>(trace_.nodes()));
    if (is_new) {
      trace_.tokens.push_back(token);
      trace_.parents.push_back(parent);
      trace_.positions.push_back(trace_.positions[parent] + 1);
      trace_.choices.push_back(-1);
      trace_.readers.push_back(0);
      trace_.scored.push_back(0);
      trace_.log_probs.emplace_back();
    }
    return place->second;
  }

  const RequestDoc& doc_;
  const TokenTrie& trie_;
  DocTrace trace_;
  std::map<std::pair<int32_t, TokenId>, int32_t> children_;  // by parent and token
};

}  // namespace

DocTrace TraceTokens(const RequestDoc& doc, const TokenTrie& trie, std::span<const RequestScores> scores) {
  VFFN_CHECK(scores.size() == doc.requests.size() && trie.predictors.size() == doc.requests.size(), doc.task,
             " doc ", doc.doc_id, ": ", scores.size(), " scores of ", doc.requests.size(), " requests");
  TokenTracer tracer(doc, trie);
  for (size_t r = 0; r < doc.requests.size(); ++r) {
    tracer.Add(r, scores[r]);
  }
  return tracer.Take();
}

}  // namespace vffn
