#include "base/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace vffn {
namespace {

using testing::ElementsAre;

// The outputs from state {1, 2, 3, 4} that implementations of xoshiro256++ check themselves against (Rust's
// rand_xoshiro, say, from the authors' C code).
TEST(Random, IsXoshiro256PlusPlus) {
  Random random({1, 2, 3, 4});
  std::vector<uint64_t> outputs(10);
  std::ranges::generate(outputs, [&] { return random.Next(); });
  EXPECT_THAT(outputs, ElementsAre(41943041u, 58720359u, 3588806011781223u, 3591011842654386u,
                                   9228616714210784205u, 9973669472204895162u, 14011001112246962877u,
                                   12406186145184390807u, 15849039046786891736u, 10450023813501588000u));
}

// By a second implementation of the header's words, in Python's integers, whose SplitMix64 and FNV-1a gave
// their published values (1234567 -> 6457827717110365317, ...; "foobar" -> 85944171f73967e8).
TEST(Random, SeedAndNameDecideTheStream) {
  Random random(0, "layers.0.router.weight");
  EXPECT_EQ(random.Next(), 15287855079800403041u);
  EXPECT_EQ(random.Next(), 11345491625473587840u);
  EXPECT_EQ(random.Next(), 15224097820620228573u);
  Random other(18446744073709551615u, "");
  EXPECT_EQ(other.Next(), 6206685261953705723u);
  EXPECT_EQ(other.Next(), 5104285534435809955u);
}

// By the same Python.
TEST(Random, TruncatedNormalHasKnownValues) {
  Random random(7, "layers.0.router.weight");
  EXPECT_EQ(random.TruncatedNormal(3), 0x1.af37a8ddf8272p+0);
  EXPECT_EQ(random.TruncatedNormal(3), -0x1.c8dafc085871bp+0);
  EXPECT_EQ(random.TruncatedNormal(3), -0x1.42dee2d40b780p-6);
  EXPECT_EQ(random.TruncatedNormal(3), -0x1.dc3cd418d3da8p-1);
}

TEST(Random, BelowFavoursNoNumber) {
  Random random(1, "below");
  constexpr int kCount = 60000;
  std::vector<int> counts(6);
  for (int i = 0; i < kCount; ++i) {
    ++counts.at(random.Below(6));
  }
  for (const int count : counts) {
    EXPECT_NEAR(count, kCount / 6, 4 * std::sqrt(kCount * (1.0 / 6) * (5.0 / 6)));  // four standard errors
  }
  EXPECT_EQ(random.Below(1), 0u);
}

TEST(Random, UniformFillsItsInterval) {
  Random random(1, "uniform");
  constexpr int kCount = 200000;
  double sum = 0, least = 1, most = 0;
  for (int i = 0; i < kCount; ++i) {
    const double u = random.Uniform();
    sum += u;
    least = std::min(least, u);
    most = std::max(most, u);
  }
  EXPECT_NEAR(sum / kCount, 0.5, 4 * std::sqrt(1.0 / 12 / kCount));  // four standard errors
  EXPECT_GE(least, 0.0);
  EXPECT_LT(least, 1e-4);
  EXPECT_LT(most, 1.0);
  EXPECT_GT(most, 1 - 1e-4);
}

// Moments and a quantile of the normal distribution truncated at 3, by its formulas; limits are four standard
// errors.
TEST(Random, TruncatedNormalHasItsMoments) {
  Random random(1, "normal");
  constexpr int kCount = 1000000;
  double sum = 0, square = 0, fourth = 0, within_one = 0, most = 0;
  for (int i = 0; i < kCount; ++i) {
    const double x = random.TruncatedNormal(3);
    sum += x;
    square += x * x;
    fourth += x * x * x * x;
    within_one += std::abs(x) < 1 ? 1 : 0;
    most = std::max(most, std::abs(x));
  }
  const double density = std::exp(-4.5) / std::sqrt(2 * M_PI);
  const double inside = std::erf(3 / std::sqrt(2.0));
  const double variance = 1 - 2 * 3 * density / inside;
  const double kurtosis = 3 * variance - 2 * 27 * density / inside;
  const double share = std::erf(1 / std::sqrt(2.0)) / inside;
  EXPECT_NEAR(sum / kCount, 0, 4 * std::sqrt(variance / kCount));
  EXPECT_NEAR(square / kCount, variance, 4 * std::sqrt((kurtosis - variance * variance) / kCount));
  EXPECT_NEAR(fourth / kCount, kurtosis, 4 * std::sqrt(60.0 / kCount));  // E x^8 is below 60
  EXPECT_NEAR(within_one / kCount, share, 4 * std::sqrt(share * (1 - share) / kCount));
  EXPECT_LE(most, 3);
  EXPECT_GT(most, 2.99);
}

}  // namespace
}  // namespace vffn
