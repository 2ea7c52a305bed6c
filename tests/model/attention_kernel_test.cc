// Attention of every set of kernels, in each precision, against double precision.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "tests/model/kernel_sets.h"

namespace vffn::kernels {
namespace {

float Bfloat16(float x) {
  return std::bit_cast<float>((std::bit_cast<uint32_t>(x) + 0x7fff + (std::bit_cast<uint32_t>(x) >> 16 & 1)) &
                              0xffff0000);
}

struct AttentionCase {
  int64_t n_heads = 6, n_kv_heads = 2, head_size = 20;
  float scale = 0.2f, softcap = 0;
  int64_t window = 0;
  int64_t half = 0;  // of the rotation
  GemmPrecision precision = GemmPrecision::kFloat32;
  std::vector<Segment> segments = {};
  std::vector<float> qkv = {}, cosine = {}, sine = {};

  int64_t stride() const { return (n_heads + 2 * n_kv_heads) * head_size; }
  int64_t out_stride() const { return n_heads * head_size; }
  int64_t rows() const { return static_cast<int64_t>(qkv.size()) / stride(); }

  void Fill(int64_t rows, uint32_t seed) {
    qkv = RandomFloats(rows * stride(), seed);
    cosine = RandomFloats(rows * half, seed + 1);
    sine = RandomFloats(rows * half, seed + 2);
  }

  std::vector<float> Run(const Kernels& kernels) const {
    std::vector<float> out(rows() * out_stride());
    kernels.attention({.qkv = qkv.data(),
                       .out = out.data(),
                       .segments = segments,
                       .n_heads = n_heads,
                       .n_kv_heads = n_kv_heads,
                       .head_size = head_size,
                       .rotation = {.cosine = cosine.data(), .sine = sine.data(), .half = half},
                       .scale = scale,
                       .softcap = softcap,
                       .window = window,
                       .precision = precision});
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

  /// An operand of a product: rounded if products are of bfloat16.
  float Operand(float x) const { return precision == GemmPrecision::kBfloat16 ? Bfloat16(x) : x; }

  /// A query or key, rotated in float32 as the kernels do it.
  std::vector<float> Rotated(int64_t row, int64_t head) const {
    const float* x = &qkv[row * stride() + head * head_size];
    std::vector<float> rotated(x, x + head_size);
    for (int64_t i = 0; i < half; ++i) {
      const float c = cosine[row * half + i], s = sine[row * half + i];
      rotated[i] = x[i] * c - x[i + half] * s;
      rotated[i + half] = x[i + half] * c + x[i] * s;
    }
    for (float& value : rotated) {
      value = Operand(value);
    }
    return rotated;
  }
};

/// The output of one query, and how far the kernels may be from it.
struct Mixed {
  std::vector<double> value, tolerance;
};

/// By definition, in double precision. With bfloat16, operands are rounded. A weight whose double value is
/// next to the middle between two numbers of bfloat16 may be rounded to the other one.
Mixed Expected(const AttentionCase& c, int32_t row, int32_t segment, int64_t head) {
  const bool rounded = c.precision == GemmPrecision::kBfloat16;
  std::vector<int32_t> keys = c.PathTo(row, segment);
  if (c.window > 0 && std::cmp_greater(keys.size(), c.window)) {
    keys.erase(keys.begin(), keys.end() - c.window);
  }
  const int64_t kv = head / (c.n_heads / c.n_kv_heads);
  const std::vector<float> q = c.Rotated(row, head);
  std::vector<double> scores;
  for (const int32_t key : keys) {
    const std::vector<float> k = c.Rotated(key, c.n_heads + kv);
    double score = 0;
    for (int64_t i = 0; i < c.head_size; ++i) {
      score += static_cast<double>(q[i]) * k[i];
    }
    score *= c.scale;
    scores.push_back(c.softcap > 0 ? c.softcap * std::tanh(score / c.softcap) : score);
  }
  const double max = *std::ranges::max_element(scores);
  Mixed mixed{std::vector<double>(c.head_size), std::vector<double>(c.head_size)};
  double total = 0;
  for (size_t n = 0; n < keys.size(); ++n) {
    const float* v = &c.qkv[keys[n] * c.stride() + (c.n_heads + c.n_kv_heads + kv) * c.head_size];
    const double exact = std::exp(scores[n] - max);
    total += exact;
    const double weight = c.Operand(static_cast<float>(exact));
    const double other =
        c.Operand(static_cast<float>(exact * (1 + 2e-5))) - c.Operand(static_cast<float>(exact * (1 - 2e-5)));
    for (int64_t i = 0; i < c.head_size; ++i) {
      mixed.value[i] += weight * c.Operand(v[i]);
      mixed.tolerance[i] += rounded ? other * std::abs(v[i]) : 0;
    }
  }
  for (int64_t i = 0; i < c.head_size; ++i) {
    mixed.value[i] /= total;
    mixed.tolerance[i] = mixed.tolerance[i] / total + 5e-6;  // of sums in float32
  }
  return mixed;
}

void ExpectAgreement(const AttentionCase& c, const Kernels& kernels) {
  const std::vector<float> out = c.Run(kernels);
  for (int32_t s = 0; std::cmp_less(s, c.segments.size()); ++s) {
    for (int32_t row = c.segments[s].begin; row < c.segments[s].end; ++row) {
      for (int64_t head = 0; head < c.n_heads; ++head) {
        const Mixed expected = Expected(c, row, s, head);
        for (int64_t i = 0; i < c.head_size; ++i) {
          ASSERT_NEAR(out[row * c.out_stride() + head * c.head_size + i], expected.value[i],
                      expected.tolerance[i])
              << "row " << row << " head " << head;
        }
      }
    }
  }
}

bool HasTiles(const Kernels& kernels) { return std::string(kernels.name).starts_with("amx"); }

/// In float32 and, of a set with tiles, in bfloat16.
void ExpectAgreementInEachPrecision(AttentionCase c, const Kernels& kernels) {
  SCOPED_TRACE(testing::Message() << c.n_heads << "/" << c.n_kv_heads << " heads of " << c.head_size
                                  << ", window " << c.window << ", cap " << c.softcap << ", half " << c.half);
  ExpectAgreement(c, kernels);
  const std::vector<float> in_float32 = c.Run(kernels);
  c.precision = GemmPrecision::kBfloat16;
  if (HasTiles(kernels)) {
    ExpectAgreement(c, kernels);
    EXPECT_NE(c.Run(kernels), in_float32);
  } else {
    EXPECT_EQ(c.Run(kernels), in_float32);
  }
}

const std::vector<Segment> kTries = {{0, 50, -1}, {50, 53, 0}, {53, 60, 0}, {60, 61, 2}, {61, 75, -1}};

TEST_P(KernelsTest, AttentionAgreesWithDoublePrecision) {
  const std::vector<AttentionCase> cases = {
      {.scale = 1 / std::sqrt(20.0f)},
      {.scale = 0.07f, .half = 7},
      {.softcap = 1.5f},
      {.window = 1},
      {.window = 2},
      {.window = 9},
      {.window = 33},
      {.window = 57},
      {.window = 1000},
      {.scale = 0.3f, .softcap = 2, .window = 17},
      {.n_heads = 5, .n_kv_heads = 5, .head_size = 6, .half = 3},
      {.n_heads = 7, .n_kv_heads = 1, .head_size = 10, .window = 40},
      {.n_heads = 3, .n_kv_heads = 3, .head_size = 2, .half = 1},
      {.n_heads = 4, .n_kv_heads = 2, .head_size = 33, .half = 16},
      {.n_heads = 8, .n_kv_heads = 1, .head_size = 16, .half = 8},
      {.n_heads = 3, .n_kv_heads = 1, .head_size = 40, .scale = 0.15f, .half = 20},
      {.n_heads = 9, .n_kv_heads = 3, .head_size = 64, .scale = 0.125f, .half = 32},
      {.n_heads = 4, .n_kv_heads = 2, .head_size = 80, .scale = 0.1f, .window = 12, .half = 16},
      {.n_heads = 1, .n_kv_heads = 1, .head_size = 96, .scale = 0.1f, .half = 48},
      {.n_heads = 3, .n_kv_heads = 3, .head_size = 128, .scale = 0.08f, .softcap = 3, .half = 64},
      {.n_heads = 2, .n_kv_heads = 1, .head_size = 256, .scale = 0.06f, .half = 128},
  };
  for (AttentionCase c : cases) {
    c.segments = kTries;
    c.Fill(75, 12);
    ExpectAgreementInEachPrecision(c, kernels);
  }
}

// Segments of one row, paths through many of them, and segments that do not follow their parents.
TEST_P(KernelsTest, AttentionAlongManySegmentsAgreesWithDoublePrecision) {
  AttentionCase c{.n_heads = 3, .n_kv_heads = 1, .head_size = 24, .half = 12};
  for (int32_t row = 0; row < 70; ++row) {
    c.segments.push_back({row, row + 1, row - 1});
  }
  c.Fill(70, 15);
  ExpectAgreementInEachPrecision(c, kernels);
  c.segments = {{0, 30, -1}, {30, 37, 0}, {37, 39, 0}, {39, 60, 1}, {60, 61, 2}, {61, 66, 1}, {66, 70, 4}};
  ExpectAgreementInEachPrecision(c, kernels);
}

// Longer than a block of queries and than a block of keys in the cache.
TEST_P(KernelsTest, AttentionOfALongSequenceAgreesWithDoublePrecision) {
  for (const int64_t window : {0, 100}) {
    AttentionCase c{.n_heads = 1, .n_kv_heads = 1, .head_size = 4, .scale = 0.5f, .window = window};
    c.segments = {{0, 1900, -1}, {1900, 2100, 0}};
    c.Fill(2100, 3);
    ExpectAgreementInEachPrecision(c, kernels);
  }
}

/// The path 5..44, 80..96, 97..129 as one chain.
void ExpectTheSameAlone(AttentionCase trie, const Kernels& kernels) {
  trie.segments = {{0, 5, -1}, {5, 45, -1}, {45, 80, 1}, {80, 97, 1}, {97, 130, 3}};
  trie.Fill(130, 13);
  const std::vector<float> in_trie = trie.Run(kernels);
  AttentionCase chain = trie;
  std::vector<int64_t> rows;
  chain.qkv.clear();
  chain.cosine.clear();
  chain.sine.clear();
  const auto append = [](const std::vector<float>& from, int64_t row, int64_t stride,
                         std::vector<float>& to) {
    to.insert(to.end(), from.begin() + row * stride, from.begin() + (row + 1) * stride);
  };
  for (int64_t row = 5; row < 130; ++row) {
    if (row < 45 || row >= 80) {
      rows.push_back(row);
      append(trie.qkv, row, trie.stride(), chain.qkv);
      append(trie.cosine, row, trie.half, chain.cosine);
      append(trie.sine, row, trie.half, chain.sine);
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
  for (const GemmPrecision precision : {GemmPrecision::kFloat32, GemmPrecision::kBfloat16}) {
    for (const int64_t window : {0, 1, 5, 16, 31, 60}) {
      for (const int64_t head_size : {64, 16, 6, 10}) {
        SCOPED_TRACE(testing::Message() << "window " << window << ", head size " << head_size);
        ExpectTheSameAlone({.n_heads = 4,
                            .n_kv_heads = 2,
                            .head_size = head_size,
                            .window = window,
                            .half = 3,
                            .precision = precision},
                           kernels);
        ExpectTheSameAlone({.n_heads = 4,
                            .n_kv_heads = 4,
                            .head_size = head_size,
                            .softcap = 2,
                            .window = window,
                            .precision = precision},
                           kernels);
      }
    }
  }
}

TEST(AttentionKernels, SetsWithFusedMultiplyAddAgreeToTheBit) {
  AttentionCase c{.head_size = 10, .softcap = 2, .window = 21, .half = 5};
  c.segments = kTries;
  c.Fill(75, 14);
  for (const Kernels* kernels : SupportedKernels()) {
    if (std::string(kernels->name) != "generic") {  // it rounds products and sums apart
      EXPECT_EQ(c.Run(*kernels), c.Run(BestKernels())) << kernels->name;
    }
  }
}

}  // namespace
}  // namespace vffn::kernels
