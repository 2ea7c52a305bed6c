#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <random>

#include "tests/model/kernel_sets.h"

namespace vffn::kernels {
namespace {

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

INSTANTIATE_TEST_SUITE_P(EverySet, KernelsTest, testing::ValuesIn(SupportedKernels()),
                         [](const auto& info) { return std::string(info.param->name); });

std::vector<float> Gemm(const Kernels& kernels, const std::vector<float>& a, const std::vector<float>& w,
                        int64_t m, int64_t k, int64_t n, GemmPrecision precision,
                        const float* bias = nullptr) {
  const PackedMatrix packed = kernels.pack({.weights = w.data(), .n = n, .k = k, .precision = precision});
  std::vector<float> c(m * n, std::numeric_limits<float>::quiet_NaN());
  kernels.gemm({.input = {.x = a.data(), .stride = k},
                .m = m,
                .w = packed,
                .output = {.y = c.data(), .stride = n, .bias = bias}});
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
    const PackedMatrix packed = kernels.pack({.weights = w.data(), .n = kN, .k = kK, .precision = precision});
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
      kernels.gemm({.input = {.x = a.data(), .stride = k},
                    .m = kM,
                    .w = {packed, n_begin, n_end, k_begin, k_end},
                    .output = {.y = c.data(), .stride = n, .bias = bias.data()}});
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
    for (const auto& [gated, precision] : {std::pair(true, GemmPrecision::kFloat32),
                                           {true, GemmPrecision::kBfloat16},
                                           {false, GemmPrecision::kFloat32}}) {
      std::vector<float> out(kF);
      kernels.activate(
          {activation, precision, gated ? x.data() : nullptr, x.data() + kF, 2 * kF, 1, kF, out.data()});
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
    kernels.activate({activation, GemmPrecision::kBfloat16, x.data(), x.data() + 1, 2, 1, 1, &out});
    EXPECT_TRUE(std::isnan(out));
  }
}

// Rows are independent: of any number of columns, in any place of the row, a value is the same to the bit.
TEST_P(KernelsTest, ActivationsDoNotDependOnThePlace) {
  const std::vector<float> x = RandomFloats(3 * 40, 12);
  for (const Activation activation : kActivations) {
    std::vector<float> rows(3 * 19);
    kernels.activate({activation, GemmPrecision::kBfloat16, nullptr, x.data(), 40, 3, 19, rows.data()});
    for (int64_t i = 0; i < 3 * 19; ++i) {
      float one = 0;
      kernels.activate(
          {activation, GemmPrecision::kBfloat16, nullptr, &x[i / 19 * 40 + i % 19], 1, 1, 1, &one});
      EXPECT_EQ(one, rows[i]);
    }
  }
}

}  // namespace
}  // namespace vffn::kernels
