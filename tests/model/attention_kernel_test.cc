// Attention of every set of kernels against double precision.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/model/kernel_sets.h"

namespace vffn::kernels {
namespace {

struct AttentionCase {
  int64_t n_heads = 6, n_kv_heads = 2, head_size = 20;
  float scale = 0.2f, softcap = 0;
  int64_t window = 0;
  std::vector<float> qkv;
  std::vector<Segment> segments;

  int64_t stride() const { return (n_heads + 2 * n_kv_heads) * head_size; }
  int64_t out_stride() const { return n_heads * head_size; }
  std::vector<float> Run(const Kernels& kernels) const {
    std::vector<float> out(qkv.size() / stride() * n_heads * head_size);
    kernels.attention({.qkv = qkv.data(),
                       .out = out.data(),
                       .segments = segments,
                       .n_heads = n_heads,
                       .n_kv_heads = n_kv_heads,
                       .head_size = head_size,
                       .scale = scale,
                       .softcap = softcap,
                       .window = window});
    return out;
  }

  /// The rows of the path that ends with `row`, root first.
  std::vector<int32_t> PathTo(int32_t row, int32_t segment) const {
    std::vector<int32_t> path;
    if (segments[segment].parent >= 0) {
      path = PathTo(segments[segments[segment].parent].end - 1, segments[segment].parent);
    }
    for (int32_t key = segments[segment].begin; key <= row; ++key) {
      path.push_back(key);
    }
    return path;
  }

  /// The output of one query, by definition.
  std::vector<double> Expected(int32_t row, int32_t segment, int64_t head) const {
    std::vector<int32_t> keys = PathTo(row, segment);
    if (window > 0 && std::cmp_greater(keys.size(), window)) {
      keys.erase(keys.begin(), keys.end() - window);
    }
    const int64_t kv = head / (n_heads / n_kv_heads);
    const float* q = &qkv[row * stride() + head * head_size];
    std::vector<double> mixed(head_size);
    double total = 0;
    for (const int32_t key : keys) {
      const float* k = &qkv[key * stride() + (n_heads + kv) * head_size];
      const float* v = &qkv[key * stride() + (n_heads + n_kv_heads + kv) * head_size];
      double score = 0;
      for (int64_t i = 0; i < head_size; ++i) {
        score += static_cast<double>(q[i]) * k[i];
      }
      score *= scale;
      const double weight = std::exp(softcap > 0 ? softcap * std::tanh(score / softcap) : score);
      total += weight;
      for (int64_t i = 0; i < head_size; ++i) {
        mixed[i] += weight * v[i];
      }
    }
    for (double& value : mixed) {
      value /= total;
    }
    return mixed;
  }
};

void ExpectAgreement(const AttentionCase& c, const Kernels& kernels) {
  const std::vector<float> out = c.Run(kernels);
  for (int32_t s = 0; std::cmp_less(s, c.segments.size()); ++s) {
    for (int32_t row = c.segments[s].begin; row < c.segments[s].end; ++row) {
      for (int64_t head = 0; head < c.n_heads; ++head) {
        const std::vector<double> expected = c.Expected(row, s, head);
        for (int64_t i = 0; i < c.head_size; ++i) {
          ASSERT_NEAR(out[row * c.out_stride() + head * c.head_size + i], expected[i], 3e-6)
              << "row " << row << " head " << head;
        }
      }
    }
  }
}

const std::vector<Segment> kTries = {{0, 50, -1}, {50, 53, 0}, {53, 60, 0}, {60, 61, 2}, {61, 75, -1}};

TEST_P(KernelsTest, AttentionAgreesWithDoublePrecision) {
  const std::vector<AttentionCase> cases = {
      {.scale = 1 / std::sqrt(20.0f)},
      {.scale = 0.07f},
      {.softcap = 1.5f},
      {.window = 1},
      {.window = 2},
      {.window = 9},
      {.window = 33},
      {.window = 57},
      {.window = 1000},
      {.scale = 0.3f, .softcap = 2, .window = 17},
      {.n_heads = 5, .n_kv_heads = 5, .head_size = 6},
      {.n_heads = 7, .n_kv_heads = 1, .head_size = 10, .window = 40},
      {.n_heads = 3, .n_kv_heads = 3, .head_size = 2},
      {.n_heads = 4, .n_kv_heads = 2, .head_size = 33},
      {.n_heads = 4, .n_kv_heads = 2, .head_size = 80, .scale = 0.1f, .window = 12},
      {.n_heads = 2, .n_kv_heads = 1, .head_size = 256, .scale = 0.06f},
  };
  for (AttentionCase c : cases) {
    SCOPED_TRACE(testing::Message() << "head size " << c.head_size << ", window " << c.window << ", cap "
                                    << c.softcap);
    c.segments = kTries;
    c.qkv = RandomFloats(75 * c.stride(), 12);
    ExpectAgreement(c, kernels);
  }
}

// Longer than a block of queries and than a block of keys in the cache.
TEST_P(KernelsTest, AttentionOfALongSequenceAgreesWithDoublePrecision) {
  for (const int64_t window : {0, 3, 100, 700}) {
    AttentionCase c{.n_heads = 1, .n_kv_heads = 1, .head_size = 4, .scale = 0.5f, .window = window};
    c.segments = {{0, 900, -1}, {900, 1100, 0}};
    c.qkv = RandomFloats(1100 * c.stride(), 3);
    ExpectAgreement(c, kernels);
  }
}

/// The path 5..44, 80..96, 97..129 as one chain.
void ExpectTheSameAlone(AttentionCase trie, const Kernels& kernels) {
  trie.segments = {{0, 5, -1}, {5, 45, -1}, {45, 80, 1}, {80, 97, 1}, {97, 130, 3}};
  trie.qkv = RandomFloats(130 * trie.stride(), 13);
  const std::vector<float> in_trie = trie.Run(kernels);
  AttentionCase chain = trie;
  chain.qkv.clear();
  std::vector<int64_t> rows;
  for (int64_t row = 5; row < 130; ++row) {
    if (row < 45 || row >= 80) {
      rows.push_back(row);
      chain.qkv.insert(chain.qkv.end(), trie.qkv.begin() + row * trie.stride(),
                       trie.qkv.begin() + (row + 1) * trie.stride());
    }
  }
  chain.segments = {{0, static_cast<int32_t>(rows.size()), -1}};
  const std::vector<float> alone = chain.Run(kernels);
  for (size_t i = 0; i < rows.size(); ++i) {
    ASSERT_TRUE(std::equal(&alone[i * trie.out_stride()], &alone[i * trie.out_stride()] + trie.out_stride(),
                           &in_trie[rows[i] * trie.out_stride()]))
        << rows[i];
  }
}

TEST_P(KernelsTest, AttentionInATrieEqualsTheSameSequenceAlone) {
  for (const int64_t window : {0, 1, 5, 16, 31, 60}) {
    for (const int64_t head_size : {16, 6, 10}) {
      SCOPED_TRACE(testing::Message() << "window " << window << ", head size " << head_size);
      ExpectTheSameAlone({.n_heads = 4, .n_kv_heads = 2, .head_size = head_size, .window = window}, kernels);
      ExpectTheSameAlone(
          {.n_heads = 4, .n_kv_heads = 4, .head_size = head_size, .softcap = 2, .window = window}, kernels);
    }
  }
}

TEST(AttentionKernels, SetsWithFusedMultiplyAddAgreeToTheBit) {
  AttentionCase c{.head_size = 10, .softcap = 2, .window = 21};
  c.segments = kTries;
  c.qkv = RandomFloats(75 * c.stride(), 14);
  for (const Kernels* kernels : SupportedKernels()) {
    if (std::string(kernels->name) != "generic") {  // it rounds products and sums apart
      EXPECT_EQ(c.Run(*kernels), c.Run(BestKernels())) << kernels->name;
    }
  }
}

}  // namespace
}  // namespace vffn::kernels
