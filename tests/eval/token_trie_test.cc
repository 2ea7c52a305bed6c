#include "eval/token_trie.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/error.h"

namespace vffn {
namespace {

using testing::ElementsAre;

/// The tokens on the path from a root to `row`, found through the segments alone.
std::vector<TokenId> PathTo(const TokenTrie& trie, int32_t row) {
  std::vector<TokenId> reversed;
  int32_t s = 0;
  while (trie.segments[s].end <= row) {
    ++s;
  }
  for (int32_t last = row + 1; s >= 0;
       s = trie.segments[s].parent, last = s >= 0 ? trie.segments[s].end : 0) {
    for (int32_t i = last - 1; i >= trie.segments[s].begin; --i) {
      reversed.push_back(trie.tokens[i]);
    }
  }
  return {reversed.rbegin(), reversed.rend()};
}

void ExpectSound(const RequestDoc& doc, const TokenTrie& trie) {
  std::set<std::vector<TokenId>> prefixes;
  for (size_t r = 0; r < doc.requests.size(); ++r) {
    std::vector<TokenId> query = doc.requests[r].context;
    for (size_t i = 1; i <= query.size(); ++i) {
      prefixes.insert({query.begin(), query.begin() + i});
    }
    ASSERT_EQ(trie.predictors[r].size(), doc.requests[r].continuation.size());
    for (size_t i = 0; i < doc.requests[r].continuation.size(); ++i) {
      EXPECT_EQ(PathTo(trie, trie.predictors[r][i]), query);
      prefixes.insert(query);
      query.push_back(doc.requests[r].continuation[i]);
    }
  }
  EXPECT_EQ(trie.size(), prefixes.size());  // nothing is computed twice
  int32_t row = 0;
  for (const Segment& segment : trie.segments) {
    EXPECT_EQ(segment.begin, row);
    EXPECT_GT(segment.end, segment.begin);
    row = segment.end;
  }
  EXPECT_EQ(row, trie.size());
  for (int32_t i = 0; i < row; ++i) {
    EXPECT_EQ(trie.positions[i] + 1, PathTo(trie, i).size());
  }
}

TEST(TokenTrie, SharesTheContextAndCommonPrefixes) {
  const RequestDoc doc{.doc_id = 3, .requests = {{{1, 2}, {5, 6, 7}}, {{1, 2}, {5, 8}}, {{1, 2}, {9}}}};
  const TokenTrie trie = BuildTrie(doc);
  EXPECT_THAT(trie.tokens, ElementsAre(1, 2, 5, 6));
  EXPECT_THAT(trie.predictors, ElementsAre(ElementsAre(1, 2, 3), ElementsAre(1, 2), ElementsAre(1)));
  ExpectSound(doc, trie);
}

TEST(TokenTrie, KeepsDifferentContextsApart) {
  const RequestDoc doc{.requests = {{{1, 2}, {7, 8}}, {{3, 2}, {7, 8}}}};
  const TokenTrie trie = BuildTrie(doc);
  EXPECT_EQ(trie.size(), 6);
  EXPECT_EQ(trie.segments.size(), 2);
  ExpectSound(doc, trie);
}

TEST(TokenTrie, KeepsLongQueriesApart) {
  const RequestDoc doc{.requests = {{{1, 2}, {7, 8, 9}}, {{1, 2}, {7, 5}}, {{1, 2}, {7, 8, 4}}}};
  const TokenTrie trie = BuildTrie(doc, 3);  // queries of 4, 3 and 4 tokens
  EXPECT_THAT(trie.tokens, ElementsAre(1, 2, 7, 1, 2, 7, 8));
  EXPECT_THAT(trie.positions, ElementsAre(0, 1, 2, 0, 1, 2, 3));
  EXPECT_THAT(trie.predictors, ElementsAre(ElementsAre(4, 5, 6), ElementsAre(1, 2), ElementsAre(4, 5, 6)));
  EXPECT_EQ(trie.segments.size(), 2);
  EXPECT_EQ(BuildTrie(doc, 4).size(), 4);
}

TEST(TokenTrie, AQueryMayEndInsideAnother) {
  const RequestDoc doc{.requests = {{{1}, {2, 3, 4, 5}}, {{1}, {2, 3}}, {{1, 2}, {3, 4}}}};
  ExpectSound(doc, BuildTrie(doc));
}

TEST(TokenTrie, IsSoundOnRandomDocs) {
  std::mt19937 generator(1);
  for (int trial = 0; trial < 200; ++trial) {
    RequestDoc doc;
    const auto random_tokens = [&](int most) {
      std::vector<TokenId> tokens(1 + generator() % most);
      for (TokenId& token : tokens) {
        token = static_cast<TokenId>(generator() % 2);
      }
      return tokens;
    };
    for (int r = 0; r < 6; ++r) {
      doc.requests.push_back({random_tokens(4), random_tokens(7)});
    }
    ExpectSound(doc, BuildTrie(doc));
  }
}

TEST(TokenTrie, RefusesAnEmptyContinuation) {
  EXPECT_THROW(BuildTrie({.doc_id = 0, .requests = {{{1}, {}}}}), Error);
}

TEST(AppendTrie, ShiftsRowsAndSegments) {
  PackedBatch batch;
  AppendSequence(batch, {4, 4, 4});
  const TokenTrie trie = BuildTrie({.requests = {{{1}, {2, 3}}, {{1}, {5, 6}}}});
  EXPECT_EQ(AppendTrie(batch, trie), 3);
  EXPECT_THAT(batch.tokens, ElementsAre(4, 4, 4, 1, 2, 5));
  EXPECT_THAT(batch.positions, ElementsAre(0, 1, 2, 0, 1, 1));
  ASSERT_EQ(batch.segments.size(), 4);
  EXPECT_EQ(batch.segments[1].parent, -1);
  EXPECT_EQ(batch.segments[3].parent, 1);
  EXPECT_EQ(batch.segments[3].begin, 5);
}

}  // namespace
}  // namespace vffn
