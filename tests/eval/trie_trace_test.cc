#include "eval/trie_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace vffn {
namespace {

using testing::ElementsAre;

TEST(TraceTokens, CountsWhatRequestsShare) {
  const RequestDoc doc{.task = "t",
                       .doc_id = 3,
                       .requests = {{{1, 2}, {5, 6, 7}}, {{1, 2}, {5, 8}}, {{1, 2}, {9}}, {{1, 2}, {9}}}};
  const std::vector<RequestScores> scores = {
      {{-1, -2, -3}, {0, 0, 0}}, {{-1, -4}, {0, 0}}, {{-5}, {0}}, {{-5}, {0}}};
  const DocTrace trace = TraceTokens(doc, BuildTrie(doc), scores);
  EXPECT_EQ(trace.nodes_run, 4);  // 1 2 5 6; then 7, 8, 9, which nobody reads
  EXPECT_THAT(trace.tokens, ElementsAre(1, 2, 5, 6, 7, 8, 9));
  EXPECT_THAT(trace.parents, ElementsAre(-1, 0, 1, 2, 3, 2, 1));
  EXPECT_THAT(trace.positions, ElementsAre(0, 1, 2, 3, 4, 3, 2));
  EXPECT_THAT(trace.choices, ElementsAre(0, 0, 0, 0, 0, 1, 2));
  EXPECT_THAT(trace.readers, ElementsAre(4, 4, 2, 1, 0, 0, 0));
  EXPECT_THAT(trace.scored, ElementsAre(0, 0, 2, 1, 1, 1, 2));
  EXPECT_THAT(trace.log_probs, ElementsAre(std::nullopt, std::nullopt, -1, -2, -3, -4, -5));
  Validate(trace, {}, "test");
}

TEST(TraceTokens, ALastTokenThatAnotherRequestReadsIsThatNode) {
  const RequestDoc doc{.task = "t", .doc_id = 0, .requests = {{{1}, {2}}, {{1, 2}, {3}}}};
  const std::vector<RequestScores> scores = {{{-1}, {0}}, {{-2}, {0}}};
  const DocTrace trace = TraceTokens(doc, BuildTrie(doc), scores);
  EXPECT_EQ(trace.nodes_run, 2);
  EXPECT_THAT(trace.tokens, ElementsAre(1, 2, 3));
  EXPECT_THAT(trace.readers, ElementsAre(2, 1, 0));
  EXPECT_THAT(trace.scored, ElementsAre(0, 1, 1));  // 2 is a continuation of one, context of the other
}

TEST(TraceTokens, NumbersUnconditionalRequestsAfterTheChoices) {
  const RequestDoc doc{.task = "t",
                       .doc_id = 0,
                       .requests = {{{1, 2}, {5, 6}}, {{1, 2}, {7}}, {{1}, {5, 6}}, {{1}, {7}}},
                       .unconditional = 2};
  const std::vector<RequestScores> scores = {
      {{-1, -2}, {0, 0}}, {{-3}, {0}}, {{-4, -5}, {0, 0}}, {{-6}, {0}}};
  const DocTrace trace = TraceTokens(doc, BuildTrie(doc), scores);
  EXPECT_THAT(trace.tokens, ElementsAre(1, 2, 5, 5, 6, 7, 6, 7));
  EXPECT_THAT(trace.choices, ElementsAre(0, 0, 0, 2, 0, 1, 2, 3));
  EXPECT_THAT(trace.readers, ElementsAre(4, 2, 1, 1, 0, 0, 0, 0));
  EXPECT_EQ(trace.log_probs[3], -4);
  Validate(trace, {}, "test");
}

TEST(TraceTokens, TotalsAreThoseOfTheRequests) {
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    RequestDoc doc{.task = "t", .doc_id = round};
    std::vector<RequestScores> scores;
    int64_t query_tokens = 0, scored_tokens = 0;
    for (unsigned r = 0; r <= random() % 4; ++r) {
      Request& request = doc.requests.emplace_back();
      request.context.resize(1 + random() % 3);
      request.continuation.resize(1 + random() % 4);
      for (std::vector<TokenId>* tokens : {&request.context, &request.continuation}) {
        for (TokenId& token : *tokens) {
          token = static_cast<TokenId>(random() % 3);
        }
      }
      query_tokens += static_cast<int64_t>(request.context.size() + request.continuation.size()) - 1;
      scored_tokens += static_cast<int64_t>(request.continuation.size());
      scores.push_back({.log_probs = std::vector<float>(request.continuation.size(), -1)});
    }
    const TokenTrie trie = BuildTrie(doc);
    const DocTrace trace = TraceTokens(doc, trie, scores);
    Validate(trace, {}, "test");
    EXPECT_EQ(trace.nodes_run, trie.size());
    EXPECT_EQ(std::accumulate(trace.readers.begin(), trace.readers.end(), int64_t{0}), query_tokens);
    EXPECT_EQ(std::accumulate(trace.scored.begin(), trace.scored.end(), int64_t{0}), scored_tokens);
  }
}

}  // namespace
}  // namespace vffn
