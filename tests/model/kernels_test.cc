#include "model/kernels/kernels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <random>

namespace vffn::kernels {
namespace {

std::vector<float> RandomFloats(int64_t count, uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) {
    value = normal(generator);
  }
  return values;
}

/// Nearest even, by the definition: the two neighbours with 16 bits, the nearer one, or the one with an even
/// last bit.
float RoundToBfloat16(float x) {
  const auto from_bits = [](uint32_t bits) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  };
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  const uint32_t low = bits & 0xffff0000u;
  const uint32_t high = low + 0x10000u;
  const double below = std::abs(static_cast<double>(x) - from_bits(low));
  const double above = std::abs(static_cast<double>(from_bits(high)) - x);
  return from_bits(below < above || (below == above && (low >> 16) % 2 == 0) ? low : high);
}

class KernelsTest : public testing::TestWithParam<const Kernels*> {
 protected:
  const Kernels& kernels = *GetParam();
};

INSTANTIATE_TEST_SUITE_P(EverySet, KernelsTest, testing::ValuesIn(SupportedKernels()),
                         [](const auto& info) { return std::string(info.param->name); });

std::vector<float> Gemm(const Kernels& kernels, const std::vector<float>& a, const std::vector<float>& w,
                        int64_t m, int64_t k, int64_t n, GemmPrecision precision,
                        const float* bias = nullptr) {
  const PackedMatrix packed = kernels.pack(w.data(), n, k, precision);
  std::vector<float> c(m * n, std::numeric_limits<float>::quiet_NaN());
  kernels.gemm(
      {.a = a.data(), .a_stride = k, .m = m, .w = packed, .c = c.data(), .c_stride = n, .bias = bias});
  return c;
}

TEST_P(KernelsTest, GemmAgreesWithDoublePrecision) {
  for (const GemmPrecision precision : {GemmPrecision::kFloat32, GemmPrecision::kBfloat16}) {
    for (const auto& [m, k, n] : std::vector<std::array<int64_t, 3>>{
             {1, 1, 1}, {7, 65, 37}, {13, 640, 33}, {200, 700, 70}, {6, 16, 64}, {193, 3, 16}}) {
      std::vector<float> a = RandomFloats(m * k, 1);
      std::vector<float> w = RandomFloats(n * k, 2);
      const std::vector<float> bias = RandomFloats(n, 3);
      const std::vector<float> c = Gemm(kernels, a, w, m, k, n, precision, bias.data());
      if (precision == GemmPrecision::kBfloat16) {
        std::ranges::transform(a, a.begin(), RoundToBfloat16);
        std::ranges::transform(w, w.begin(), RoundToBfloat16);
      }
      for (int64_t row = 0; row < m; ++row) {
        for (int64_t column = 0; column < n; ++column) {
          double expected = bias[column];
          double magnitude = std::abs(expected);
          for (int64_t i = 0; i < k; ++i) {
            const double product = static_cast<double>(a[row * k + i]) * w[column * k + i];
            expected += product;
            magnitude += std::abs(product);
          }
          // Every addition rounds by at most half a unit of float32's 2^-23, relative to the sum so far.
          ASSERT_NEAR(c[row * n + column], expected, magnitude * std::ldexp(1.0, -24) * (k + 2))
              << m << "x" << k << "x" << n << " at " << row << "," << column;
        }
      }
    }
  }
}

// A view gives what a matrix of its rows and columns gives, to the bit, wherever it begins in a panel or a
// pair.
TEST_P(KernelsTest, AViewMultipliesAsAMatrixOfItsOwn) {
  constexpr int64_t kM = 19, kN = 150, kK = 701;
  const std::vector<float> w = RandomFloats(kN * kK, 10);
  for (const GemmPrecision precision : {GemmPrecision::kFloat32, GemmPrecision::kBfloat16}) {
    const PackedMatrix packed = kernels.pack(w.data(), kN, kK, precision);
    for (const auto& [n_begin, n_end, k_begin, k_end] : std::vector<std::array<int64_t, 4>>{
             {0, 150, 0, 701}, {32, 96, 64, 128}, {5, 9, 1, 2}, {31, 150, 33, 701}, {149, 150, 0, 700}}) {
      const int64_t n = n_end - n_begin, k = k_end - k_begin;
      std::vector<float> own;
      for (int64_t row = n_begin; row < n_end; ++row) {
        own.insert(own.end(), w.begin() + row * kK + k_begin, w.begin() + row * kK + k_end);
      }
      const std::vector<float> a = RandomFloats(kM * k, 11);
      const std::vector<float> bias = RandomFloats(n, 12);
      std::vector<float> c(kM * n, std::numeric_limits<float>::quiet_NaN());
      kernels.gemm({.a = a.data(),
                    .a_stride = k,
                    .m = kM,
                    .w = {packed, n_begin, n_end, k_begin, k_end},
                    .c = c.data(),
                    .c_stride = n,
                    .bias = bias.data()});
      const std::vector<float> expected = Gemm(kernels, a, own, kM, k, n, precision, bias.data());
      // Where pairs are multiplied at once, a view that begins inside a pair adds up in another order.
      const bool other_order = precision == GemmPrecision::kBfloat16 && k_begin % 2 == 1;
      EXPECT_THAT(c, testing::Pointwise(testing::FloatNear(other_order ? 1e-4f : 0.0f), expected))
          << n_begin << "-" << n_end << " x " << k_begin << "-" << k_end;
    }
  }
}

TEST_P(KernelsTest, ARowOfGemmDoesNotDependOnTheOthers) {
  constexpr int64_t kRows = 211, kK = 643, kN = 75;
  const std::vector<float> a = RandomFloats(kRows * kK, 4);
  const std::vector<float> w = RandomFloats(kN * kK, 5);
  for (const GemmPrecision precision : {GemmPrecision::kFloat32, GemmPrecision::kBfloat16}) {
    const std::vector<float> all = Gemm(kernels, a, w, kRows, kK, kN, precision);
    for (const int64_t begin : {0, 1, 100, 192, 205, 210}) {
      const std::vector<float> some(a.begin() + begin * kK, a.end());
      const std::vector<float> c = Gemm(kernels, some, w, kRows - begin, kK, kN, precision);
      EXPECT_TRUE(std::equal(c.begin(), c.end(), all.begin() + begin * kN)) << begin;
    }
  }
}

// The bias is one addition to the finished sum, whatever tile a row or column falls into.
TEST_P(KernelsTest, TheBiasIsAddedToTheFinishedSum) {
  constexpr int64_t kM = 211, kK = 643, kN = 75;
  const std::vector<float> a = RandomFloats(kM * kK, 20);
  const std::vector<float> w = RandomFloats(kN * kK, 21);
  const std::vector<float> bias = RandomFloats(kN, 22);
  for (const GemmPrecision precision : {GemmPrecision::kFloat32, GemmPrecision::kBfloat16}) {
    std::vector<float> expected = Gemm(kernels, a, w, kM, kK, kN, precision);
    for (size_t i = 0; i < expected.size(); ++i) {
      expected[i] += bias[i % kN];
    }
    EXPECT_EQ(Gemm(kernels, a, w, kM, kK, kN, precision, bias.data()), expected);
  }
}

TEST(Kernels, SetsWithFusedMultiplyAddAgreeToTheBit) {
  const std::vector<float> a = RandomFloats(20 * 600, 6);
  const std::vector<float> w = RandomFloats(50 * 600, 7);
  const std::vector<float> bias = RandomFloats(50, 8);
  const auto product = [&](const Kernels& kernels) {
    return Gemm(kernels, a, w, 20, 600, 50, GemmPrecision::kFloat32, bias.data());
  };
  for (const Kernels* kernels : SupportedKernels()) {
    if (std::string(kernels->name) != "generic") {  // it rounds products and sums apart
      EXPECT_EQ(product(*kernels), product(BestKernels())) << kernels->name;
    }
  }
}

TEST_P(KernelsTest, RmsNormAgreesWithDoublePrecision) {
  constexpr int64_t kRows = 3, kD = 77;
  const std::vector<float> x = RandomFloats(kRows * kD, 8);
  const std::vector<float> weight = RandomFloats(kD, 9);
  std::vector<float> out(kRows * kD);
  kernels.norm({.x = x.data(),
                .out = out.data(),
                .rows = kRows,
                .stride = kD,
                .d = kD,
                .weight = weight.data(),
                .epsilon = 1e-2f});
  for (int64_t row = 0; row < kRows; ++row) {
    double squares = 0;
    for (int64_t i = 0; i < kD; ++i) {
      squares += static_cast<double>(x[row * kD + i]) * x[row * kD + i];
    }
    for (int64_t i = 0; i < kD; ++i) {
      const double expected = x[row * kD + i] / std::sqrt(squares / kD + 1e-2) * weight[i];
      EXPECT_NEAR(out[row * kD + i], expected, 1e-6 * (1 + std::abs(expected)));
    }
  }
}

TEST_P(KernelsTest, RotaryTurnsPairsAndLeavesValues) {
  constexpr int64_t kRows = 2, kHeads = 3, kSize = 6;
  const std::vector<float> before = RandomFloats(kRows * (kHeads + 1) * kSize, 10);
  std::vector<float> after = before;
  std::vector<float> cosine, sine;
  for (int i = 0; i < kRows * kSize / 2; ++i) {
    cosine.push_back(std::cos(0.3f * i));
    sine.push_back(std::sin(0.3f * i));
  }
  kernels.rotary({.qkv = after.data(),
                  .rows = kRows,
                  .stride = (kHeads + 1) * kSize,
                  .heads = kHeads,
                  .head_size = kSize,
                  .rotary_size = kSize,
                  .cosine = cosine.data(),
                  .sine = sine.data()});
  for (int64_t row = 0; row < kRows; ++row) {
    for (int64_t head = 0; head <= kHeads; ++head) {
      const float* x = &before[(row * (kHeads + 1) + head) * kSize];
      const float* y = &after[(row * (kHeads + 1) + head) * kSize];
      for (int64_t j = 0; j < 3; ++j) {
        const float c = head < kHeads ? cosine[row * 3 + j] : 1.0f;
        const float s = head < kHeads ? sine[row * 3 + j] : 0.0f;
        EXPECT_NEAR(y[j], x[j] * c - x[j + 3] * s, 1e-6);
        EXPECT_NEAR(y[j + 3], x[j + 3] * c + x[j] * s, 1e-6);
      }
    }
  }
}

double ActivationOf(Activation activation, double x) {
  switch (activation) {
    case Activation::kSilu:
      return x / (1 + std::exp(-x));
    case Activation::kGelu:
      return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
    case Activation::kGeluTanh: {
      const double u = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
      return x / (1 + std::exp(-2 * u));  // x (1 + tanh(u)) / 2 without cancellation
    }
    case Activation::kRelu:
      return std::max(x, 0.0);
  }
  return 0;
}

constexpr Activation kActivations[] = {Activation::kSilu, Activation::kGelu, Activation::kGeluTanh,
                                       Activation::kRelu};

// Values below 1e-36 are 0 in float32, or nearly. The exponent 2 u of gelu_tanh is rounded, to 2^-23 of it.
TEST_P(KernelsTest, ActivationsAgreeWithDoublePrecision) {
  constexpr int64_t kF = 4103;   // no multiple of a vector
  std::vector<float> x(2 * kF);  // linear, then activated
  for (int64_t i = 0; i < kF; ++i) {
    x[i] = 0.5f + static_cast<float>(i % 7);
    x[kF + i] = static_cast<float>(i - 2051) / 128.0f;  // -16 to 16
  }
  const std::vector<float> extremes = {0.0f, -0.0f, 1e-30f, 100.0f, -100.0f, 1e30f, -1e30f, 87.5f, -87.5f};
  std::ranges::copy(extremes, x.begin() + kF);
  for (const Activation activation : kActivations) {
    for (const bool gated : {true, false}) {
      std::vector<float> out(kF);
      kernels.activate({activation, gated ? x.data() : nullptr, x.data() + kF, 2 * kF, 1, kF, out.data()});
      for (int64_t i = 0; i < kF; ++i) {
        const double v = x[kF + i];
        const double expected = ActivationOf(activation, v) * (gated ? x[i] : 1.0);
        const double exponent = activation == Activation::kGeluTanh && v < 0 ? 1.6 * v * (1 + v * v / 22) : 0;
        const double bound = 1e-6 + std::abs(exponent) * 0x1p-23;
        ASSERT_NEAR(out[i], expected, bound * std::abs(expected) + 1e-35) << v;
      }
    }
  }
}

TEST_P(KernelsTest, ActivationsKeepNan) {
  const std::vector<float> x = {1.0f, std::numeric_limits<float>::quiet_NaN()};
  for (const Activation activation : kActivations) {
    float out = 0;
    kernels.activate({activation, x.data(), x.data() + 1, 2, 1, 1, &out});
    EXPECT_TRUE(std::isnan(out));
  }
}

// Rows are independent: of any number of columns, in any place of the row, a value is the same to the bit.
TEST_P(KernelsTest, ActivationsDoNotDependOnThePlace) {
  const std::vector<float> x = RandomFloats(3 * 40, 12);
  for (const Activation activation : kActivations) {
    std::vector<float> rows(3 * 19);
    kernels.activate({activation, nullptr, x.data(), 40, 3, 19, rows.data()});
    for (int64_t i = 0; i < 3 * 19; ++i) {
      float one = 0;
      kernels.activate({activation, nullptr, &x[i / 19 * 40 + i % 19], 1, 1, 1, &one});
      EXPECT_EQ(one, rows[i]);
    }
  }
}

struct AttentionCase {
  int64_t n_heads, n_kv_heads, head_size;
  std::vector<float> qkv;
  std::vector<Segment> segments;

  int64_t stride() const { return (n_heads + 2 * n_kv_heads) * head_size; }
  std::vector<float> Run(const Kernels& kernels) const {
    std::vector<float> out(qkv.size() / stride() * n_heads * head_size);
    kernels.attention({.qkv = qkv.data(),
                       .out = out.data(),
                       .segments = segments,
                       .n_heads = n_heads,
                       .n_kv_heads = n_kv_heads,
                       .head_size = head_size,
                       .scale = 1.0f / std::sqrt(static_cast<float>(head_size))});
    return out;
  }
};

TEST_P(KernelsTest, AttentionAgreesWithDoublePrecision) {
  AttentionCase c{.n_heads = 6, .n_kv_heads = 2, .head_size = 20};
  c.segments = {{0, 50, -1}, {50, 53, 0}, {53, 60, 0}, {60, 61, 2}, {61, 75, -1}};
  c.qkv = RandomFloats(75 * c.stride(), 12);
  const std::vector<float> out = c.Run(kernels);
  for (size_t s = 0; s < c.segments.size(); ++s) {
    for (int32_t row = c.segments[s].begin; row < c.segments[s].end; ++row) {
      std::vector<int32_t> visible;
      for (int32_t key = c.segments[s].begin; key <= row; ++key) {
        visible.push_back(key);
      }
      for (int32_t p = c.segments[s].parent; p >= 0; p = c.segments[p].parent) {
        for (int32_t key = c.segments[p].begin; key < c.segments[p].end; ++key) {
          visible.push_back(key);
        }
      }
      for (int64_t head = 0; head < c.n_heads; ++head) {
        const int64_t kv = head / (c.n_heads / c.n_kv_heads);
        const float* q = &c.qkv[row * c.stride() + head * c.head_size];
        std::vector<double> mixed(c.head_size);
        double total = 0;
        for (const int32_t key : visible) {
          const float* k = &c.qkv[key * c.stride() + (c.n_heads + kv) * c.head_size];
          const float* v = &c.qkv[key * c.stride() + (c.n_heads + c.n_kv_heads + kv) * c.head_size];
          double score = 0;
          for (int64_t i = 0; i < c.head_size; ++i) {
            score += static_cast<double>(q[i]) * k[i];
          }
          const double weight = std::exp(score / std::sqrt(static_cast<double>(c.head_size)));
          total += weight;
          for (int64_t i = 0; i < c.head_size; ++i) {
            mixed[i] += weight * v[i];
          }
        }
        for (int64_t i = 0; i < c.head_size; ++i) {
          EXPECT_NEAR(out[(row * c.n_heads + head) * c.head_size + i], mixed[i] / total, 2e-6);
        }
      }
    }
  }
}

TEST_P(KernelsTest, AttentionInATrieEqualsTheSameSequenceAlone) {
  AttentionCase trie{.n_heads = 4, .n_kv_heads = 2, .head_size = 16};
  trie.segments = {{0, 5, -1}, {5, 45, -1}, {45, 80, 1}, {80, 97, 1}, {97, 130, 3}};
  trie.qkv = RandomFloats(130 * trie.stride(), 13);
  const std::vector<float> in_trie = trie.Run(kernels);
  // The path 5..44, 80..96, 97..129 as one chain.
  AttentionCase chain{.n_heads = 4, .n_kv_heads = 2, .head_size = 16};
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
    EXPECT_TRUE(std::equal(&alone[i * 64], &alone[i * 64] + 64, &in_trie[rows[i] * 64])) << rows[i];
  }
}

struct HeadResult {
  std::vector<float> log_probs;
  std::vector<uint8_t> greedy;
};

HeadResult Head(const Kernels& kernels, const std::vector<float>& hidden, const std::vector<float>& w,
                int64_t k, const std::vector<Target>& targets) {
  const PackedMatrix packed =
      kernels.pack(w.data(), static_cast<int64_t>(w.size()) / k, k, GemmPrecision::kFloat32);
  HeadResult result{std::vector<float>(targets.size()), std::vector<uint8_t>(targets.size())};
  kernels.head({.hidden = hidden.data(),
                .rows = static_cast<int64_t>(hidden.size()) / k,
                .w = &packed,
                .targets = targets,
                .log_probs = result.log_probs.data(),
                .greedy = result.greedy.data()});
  return result;
}

TEST_P(KernelsTest, HeadAgreesWithDoublePrecision) {
  constexpr int64_t kRows = 101, kK = 24, kVocabulary = 533;
  const std::vector<float> hidden = RandomFloats(kRows * kK, 14);
  const std::vector<float> w = RandomFloats(kVocabulary * kK, 15);
  std::vector<Target> targets;
  for (int32_t row = 0; row < kRows; ++row) {
    for (int32_t i = 0; i < row % 4; ++i) {
      targets.push_back({row, (row * 37 + i * 211) % static_cast<int32_t>(kVocabulary)});
    }
  }
  const HeadResult result = Head(kernels, hidden, w, kK, targets);
  for (size_t t = 0; t < targets.size(); ++t) {
    std::vector<double> logits(kVocabulary);
    double sum = 0;
    for (int64_t token = 0; token < kVocabulary; ++token) {
      for (int64_t i = 0; i < kK; ++i) {
        logits[token] += static_cast<double>(hidden[targets[t].row * kK + i]) * w[token * kK + i];
      }
      sum += std::exp(logits[token]);
    }
    EXPECT_NEAR(result.log_probs[t], logits[targets[t].token] - std::log(sum), 1e-5);
    EXPECT_EQ(result.greedy[t], std::ranges::max_element(logits) - logits.begin() == targets[t].token);
  }
}

TEST_P(KernelsTest, HeadBreaksTiesToTheLowestToken) {
  const std::vector<float> w = {0, 1, 0, 1};  // tokens 1 and 3 tie
  const HeadResult result = Head(kernels, {1.0f}, w, 1, {{0, 1}, {0, 3}});
  EXPECT_EQ(result.greedy, (std::vector<uint8_t>{1, 0}));
  EXPECT_EQ(result.log_probs[0], result.log_probs[1]);
}

TEST_P(KernelsTest, HeadLetsNanThrough) {
  std::vector<float> w(300, 0.5f);
  w[299] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(Head(kernels, {1.0f}, w, 1, {{0, 2}}).log_probs[0]));
}

}  // namespace
}  // namespace vffn::kernels
