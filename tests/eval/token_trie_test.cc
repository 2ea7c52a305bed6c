#include "eval/token_trie.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>
#include <utility>

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

std::vector<TokenId> Numbers(int count, TokenId first) {
  std::vector<TokenId> tokens(static_cast<size_t>(count));
  std::iota(tokens.begin(), tokens.end(), first);
  return tokens;
}

/// A doc of two choices: `shots`, then `question`.
RequestDoc DocOf(std::vector<TokenId> shots, const std::vector<TokenId>& question) {
  shots.insert(shots.end(), question.begin(), question.end());
  return {.requests = {{shots, {7, 8}}, {shots, {9, 8, 7}}}};
}

PackedTries Pack(const std::vector<RequestDoc>& docs, SharingOptions options = {}) {
  TriePacker packer(options);
  for (const RequestDoc& doc : docs) {
    const TokenTrie trie = BuildTrie(doc, options.longest_short);
    packer.Add(trie, packer.Shared(trie));
  }
  PackedTries packed = packer.Finish();
  EXPECT_EQ(packer.size(), packed.batch.size());
  return packed;
}

std::vector<TokenId> PathIn(const PackedBatch& batch, int32_t row) {
  return PathTo({.tokens = batch.tokens, .positions = batch.positions, .segments = batch.segments}, row);
}

/// Every node of every doc's trie has the same path in the batch.
void ExpectSamePaths(const std::vector<RequestDoc>& docs, const PackedTries& packed,
                     int64_t longest_short = 0) {
  ASSERT_EQ(packed.rows.size(), docs.size());
  std::set<int32_t> used;
  for (size_t d = 0; d < docs.size(); ++d) {
    const TokenTrie trie = BuildTrie(docs[d], longest_short);
    ASSERT_EQ(packed.rows[d].size(), trie.tokens.size());
    for (int32_t node = 0; node < trie.size(); ++node) {
      EXPECT_EQ(PathIn(packed.batch, packed.rows[d][node]), PathTo(trie, node)) << d;
    }
    used.insert(packed.rows[d].begin(), packed.rows[d].end());
  }
  EXPECT_EQ(static_cast<int64_t>(used.size()), packed.batch.size());
  for (int32_t row = 0; row < packed.batch.size(); ++row) {
    EXPECT_EQ(packed.batch.positions[row] + 1, PathIn(packed.batch, row).size());
  }
}

TEST(TriePacker, ComputesWhatDocsShareOnce) {
  const std::vector<TokenId> shots = Numbers(40, 100);
  const std::vector<RequestDoc> docs = {DocOf(shots, {1, 2, 3}), DocOf(shots, {4}), DocOf(shots, {1, 2, 5})};
  const PackedTries packed = Pack(docs);
  // 40 shared tokens; 3 + 1 + 2 of the choices, 1 + 3, and 1 after the shared 1 2, + 3.
  EXPECT_EQ(packed.batch.size(), 40 + 6 + 4 + 4);
  EXPECT_EQ(TriesOf(packed.batch).size(), 1);
  ExpectSamePaths(docs, packed);
}

TEST(TriePacker, KeepsDocsApartThatShareLittle) {
  const std::vector<RequestDoc> docs = {DocOf(Numbers(31, 100), {1}), DocOf(Numbers(31, 100), {2})};
  const PackedTries packed = Pack(docs);
  EXPECT_EQ(packed.batch.size(), 2 * (31 + 1 + 3));
  EXPECT_EQ(TriesOf(packed.batch).size(), 2);
  ExpectSamePaths(docs, packed);
}

TEST(TriePacker, SharesWithTheDocsBeforeOnly) {
  const std::vector<RequestDoc> docs = {DocOf(Numbers(40, 100), {1}), DocOf(Numbers(40, 200), {1}),
                                        DocOf(Numbers(40, 200), {2}), DocOf(Numbers(40, 100), {2})};
  const PackedTries packed = Pack(docs);
  EXPECT_EQ(packed.batch.size(), 4 * 4 + 3 * 40);
  EXPECT_EQ(TriesOf(packed.batch).size(), 3);
  ExpectSamePaths(docs, packed);
}

TEST(TriePacker, TellsWhatTheNextDocShares) {
  TriePacker packer({});
  const TokenTrie trie = BuildTrie(DocOf(Numbers(40, 100), {1}));
  EXPECT_EQ(packer.Shared(trie), 0);
  packer.Add(trie, 0);
  EXPECT_EQ(packer.Shared(trie), trie.size());
  EXPECT_EQ(packer.Shared(BuildTrie(DocOf(Numbers(40, 100), {2}))), 40);
  packer.Add(trie, trie.size());  // the same doc once more
  EXPECT_EQ(packer.size(), trie.size());
}

TEST(TriePacker, KeepsLongQueriesApart) {
  const std::vector<TokenId> shots = Numbers(40, 100);
  const std::vector<RequestDoc> docs = {DocOf(shots, {1}), DocOf(shots, Numbers(6, 1)), DocOf(shots, {2})};
  for (const int64_t longest_short : {41, 43, 48}) {
    const PackedTries packed = Pack(docs, {.longest_short = longest_short});
    ExpectSamePaths(docs, packed, longest_short);
    std::vector<bool> is_long;  // of each trie's rows
    for (const TrieRows& trie : TriesOf(packed.batch)) {
      const auto end = packed.batch.positions.begin() + trie.end;
      const bool of_trie =
          *std::max_element(packed.batch.positions.begin() + trie.begin, end) >= longest_short;
      is_long.insert(is_long.end(), static_cast<size_t>(trie.end - trie.begin), of_trie);
    }
    for (size_t d = 0; d < docs.size(); ++d) {
      const TokenTrie trie = BuildTrie(docs[d], longest_short);
      for (size_t r = 0; r < docs[d].requests.size(); ++r) {
        const Request& request = docs[d].requests[r];
        const size_t query = request.context.size() + request.continuation.size() - 1;
        EXPECT_EQ(is_long[packed.rows[d][trie.predictors[r].back()]], std::cmp_greater(query, longest_short));
      }
    }
  }
}

TEST(TriePacker, SharesWhereAttentionMasksOnlyWhatPays) {
  std::vector<RequestDoc> docs;
  for (TokenId d = 0; d < 50; ++d) {
    docs.push_back(DocOf(Numbers(40, 100), Numbers(20, 1000 * d)));
  }
  EXPECT_EQ(TriesOf(Pack(docs).batch).size(), 1);
  const PackedTries packed = Pack(docs, {.pairs_per_row = 100});
  ExpectSamePaths(docs, packed);
  // A doc has 63 rows, six have 178 and seven 201. The seventh would make 201^2 - 178^2 - 63^2 = 4748 pairs
  // more; the 40 rows that it shares are worth 4000.
  EXPECT_EQ(TriesOf(packed.batch)[0].end, 178);
  EXPECT_EQ(packed.batch.size(), 8 * 178 + 63 + 23);
}

TEST(TriePacker, IsSoundOnRandomDocs) {
  std::mt19937 generator(2);
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<RequestDoc> docs;
    for (int d = 0; d < 8; ++d) {
      std::vector<TokenId> question(1 + generator() % 8);
      for (TokenId& token : question) {
        token = static_cast<TokenId>(generator() % 2);
      }
      docs.push_back(DocOf(Numbers(20 + 20 * static_cast<int>(generator() % 2), 100), question));
      docs.back().requests.push_back({{5, 6}, {7, 8}});  // another root
    }
    for (const int64_t longest_short : {0, 30, 45}) {
      ExpectSamePaths(docs, Pack(docs, {.longest_short = longest_short}), longest_short);
    }
  }
}

}  // namespace
}  // namespace vffn
