#include "analysis/tokens.h"

#include "analysis/loops.h"
#include "base/error.h"

namespace vffn {
namespace {

/// [nodes]: mean surprisal of each node's scored children; absent where it has none.
std::vector<std::optional<float>> NextSurprisals(const DocTrace& doc) {
  std::vector<double> sums(doc.nodes());
  std::vector<int> counts(doc.nodes());
  for (int64_t node = 0; node < doc.nodes(); ++node) {
    if (doc.parents[node] >= 0 && doc.scored[node] > 0) {
      sums[doc.parents[node]] -= *doc.log_probs[node];
      ++counts[doc.parents[node]];
    }
  }
  std::vector<std::optional<float>> means(doc.nodes());
  for (int64_t node = 0; node < doc.nodes(); ++node) {
    if (counts[node] > 0) {
      means[node] = static_cast<float>(sums[node] / counts[node]);
    }
  }
  return means;
}

}  // namespace

std::string_view NameOf(TokenQuantity quantity) {
  constexpr std::string_view kNames[kTokenQuantities] = {"surprisal", "next_surprisal", "frequency",
                                                         "position", "correctness"};
  return kNames[static_cast<size_t>(quantity)];
}

TokenAnalysis::TokenAnalysis(const TraceHeader& header, const Counting& counting)
    : shape_(header.shape), counting_(counting) {
  VFFN_CHECK(shape_.max_loops > 0, "no loop counts in this trace: it is of ", DescribeModel(header));
}

void TokenAnalysis::Add(const DocTrace& doc) {
  const std::vector<std::optional<float>> next = NextSurprisals(doc);
  const auto index = static_cast<int32_t>(docs_.size());
  docs_.emplace_back(doc.task, doc.doc_id);
  for (int64_t node = 0; node < doc.nodes_run; ++node) {
    const int64_t count = CountOf(doc, node, counting_);
    if (count == 0) {
      continue;
    }
    Token token{.doc = index,
                .token = doc.tokens[node],
                .position = doc.positions[node],
                .count = static_cast<int32_t>(count),
                .loops = 0,
                .surprisal = doc.log_probs[node] ? std::optional(-*doc.log_probs[node]) : std::nullopt,
                .next_surprisal = next[node]};
    for (int64_t layer = 0; layer < shape_.layers; ++layer) {
      loops_.push_back(doc.loop_counts[layer * doc.nodes_run + node]);
      token.loops += loops_.back();
    }
    tokens_.push_back(token);
    frequencies_[token.token] += count;
  }
}

std::optional<double> TokenAnalysis::ValueOf(const Token& token, TokenQuantity quantity,
                                             const std::vector<std::optional<bool>>& correct) const {
  switch (quantity) {
    case TokenQuantity::kSurprisal:
      return token.surprisal;
    case TokenQuantity::kNextSurprisal:
      return token.next_surprisal;
    case TokenQuantity::kFrequency:
      return static_cast<double>(frequencies_.at(token.token));
    case TokenQuantity::kPosition:
      return token.position;
    case TokenQuantity::kCorrectness:
      break;
  }
  const std::optional<bool>& answer = correct[token.doc];
  return answer ? std::optional<double>(*answer ? 1 : 0) : std::nullopt;
}

std::vector<TokenCorrelation> TokenAnalysis::Result(const std::vector<int64_t>& layers,
                                                    const Correctness& correctness,
                                                    const RankCorrelationOptions& options) const {
  std::vector<std::optional<bool>> correct;
  for (const auto& doc : docs_) {
    const auto found = correctness.find(doc);
    correct.push_back(found == correctness.end() ? std::nullopt : std::optional(found->second));
  }
  std::vector<std::optional<int64_t>> wanted = {std::nullopt};
  for (const int64_t layer : layers) {
    VFFN_CHECK(layer >= 0 && layer < shape_.layers, "layer ", layer, ": the model has layers 0 to ",
               shape_.layers - 1);
    wanted.emplace_back(layer);
  }
  std::vector<TokenCorrelation> results;
  std::vector<RankPair> pairs;
  for (int q = 0; q < kTokenQuantities; ++q) {
    const auto quantity = static_cast<TokenQuantity>(q);
    for (const std::optional<int64_t>& layer : wanted) {
      pairs.clear();
      for (size_t i = 0; i < tokens_.size(); ++i) {
        if (const auto value = ValueOf(tokens_[i], quantity, correct)) {
          const int32_t loops =
              layer ? loops_[i * static_cast<size_t>(shape_.layers) + static_cast<size_t>(*layer)]
                    : tokens_[i].loops;
          pairs.push_back({.x = static_cast<double>(loops),
                           .y = *value,
                           .count = tokens_[i].count,
                           .cluster = tokens_[i].doc});
        }
      }
      results.push_back({quantity, layer, SpearmanOf(pairs, options)});
    }
  }
  return results;
}

}  // namespace vffn
