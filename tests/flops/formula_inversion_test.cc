#include "flops/formula_inversion.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "base/error.h"

namespace vffn {
namespace {

constexpr Interval Rounded(double cell) { return {cell - 0.005, cell + 0.005}; }

void ExpectInterval(const Interval& actual, double low, double high) {
  EXPECT_NEAR(actual.low, low, 5e-5);
  EXPECT_NEAR(actual.high, high, 5e-5);
}

// Table 2's VersatileFFN cells. By hand, for 354M: at most loops per easy token N_mean = 4 - P, so 1236.08 =
// 377.48736 (4 - P) + 94.37184 P: P = 273.86944 / 283.11552 = 0.96734 and N_mean = 3.03266; at fewest N_mean
// = 4 - 3 P, so P = 273.86944 / 1038.09024 = 0.26382 and N_mean = 3.20854. For 720M the first gives P
// = 1.273, so P = 1 and N_mean = (2586.38 - 212.33664) / 849.34656 = 2.79514; the second 0.34722 and 2.95833.
TEST(Inversion, OfThePublishedCells) {
  const auto small = InvertFormula({Rounded(1236.08), {377.487360, 377.487360}, {471.859200, 471.859200}}, 4);
  ASSERT_TRUE(small.has_value());
  ExpectInterval(small->mean_loops, 3.03264, 3.20856);
  ExpectInterval(small->share_below_max, 0.26381, 0.96736);
  const auto large =
      InvertFormula({Rounded(2586.38), {849.346560, 849.346560}, {1061.683200, 1061.683200}}, 4);
  ASSERT_TRUE(large.has_value());
  ExpectInterval(large->mean_loops, 2.79514, 2.95834);
  ExpectInterval(large->share_below_max, 0.34722, 1.0);
}

// With Base and MoE known as printed alone, the same two decimals.
TEST(Inversion, OfRoundedCells) {
  const auto small = InvertFormula({Rounded(1236.08), Rounded(377.49), Rounded(471.86)}, 4);
  ASSERT_TRUE(small.has_value());
  EXPECT_NEAR(small->mean_loops.low, 3.03, 0.005);
  EXPECT_NEAR(small->mean_loops.high, 3.21, 0.005);
  // The exact Base and MoE are among what rounds to the cells, so what they allow is allowed.
  EXPECT_LT(small->mean_loops.low, 3.03264);
  EXPECT_GT(small->mean_loops.high, 3.20856);
  const auto large = InvertFormula({Rounded(2586.38), Rounded(849.35), Rounded(1061.69)}, 4);
  ASSERT_TRUE(large.has_value());
  EXPECT_NEAR(large->mean_loops.low, 2.80, 0.005);
  EXPECT_NEAR(large->mean_loops.high, 2.96, 0.005);
  EXPECT_EQ(large->share_below_max.high, 1);
}

TEST(Inversion, OfTheEnds) {
  const auto all_at_most = InvertFormula({{40, 40}, {10, 10}, {12, 12}}, 4);
  ASSERT_TRUE(all_at_most.has_value());
  EXPECT_EQ(all_at_most->mean_loops.low, 4);
  EXPECT_EQ(all_at_most->share_below_max.high, 0);
  const auto all_at_one = InvertFormula({{12, 12}, {10, 10}, {12, 12}}, 4);
  ASSERT_TRUE(all_at_one.has_value());
  EXPECT_EQ(all_at_one->mean_loops.high, 1);
  EXPECT_EQ(all_at_one->share_below_max.low, 1);
  EXPECT_FALSE(InvertFormula({{40.1, 41}, {10, 10}, {12, 12}}, 4).has_value());
  EXPECT_FALSE(InvertFormula({{11, 11.9}, {10, 10}, {12, 12}}, 4).has_value());
  EXPECT_TRUE(InvertFormula({{9.9, 10.1}, {10, 10}, {12, 12}}, 1).has_value());
  EXPECT_FALSE(InvertFormula({{11, 12}, {10, 10}, {12, 12}}, 1).has_value());
  EXPECT_THROW(InvertFormula({{11, 12}, {10, 10}, {9, 9}}, 4), Error);
}

/// Calls visit(histogram) for every way to spread `tokens` over `bins`.
void ForEachHistogram(int tokens, int bins, const std::function<void(const std::vector<int>&)>& visit) {
  std::vector<int> histogram(bins);
  const std::function<void(int, int)> fill = [&](int bin, int left) {
    if (bin == bins - 1) {
      histogram[bin] = left;
      visit(histogram);
      return;
    }
    for (int count = 0; count <= left; ++count) {
      histogram[bin] = count;
      fill(bin + 1, left - count);
    }
  };
  fill(0, tokens);
}

/// Every histogram of `tokens` tokens whose formula value lies in `value`: their extremes.
PossibleAverages Enumerate(const Interval& value, double base, double moe, int max_loops, int tokens) {
  PossibleAverages found{{1e9, -1e9}, {1e9, -1e9}};
  ForEachHistogram(tokens, max_loops, [&](const std::vector<int>& histogram) {
    double loops = 0;
    for (int i = 0; i < max_loops; ++i) {
      loops += (i + 1) * histogram[i];
    }
    const double mean = loops / tokens;
    const double share = 1.0 - static_cast<double>(histogram.back()) / tokens;
    const double flops = base * mean + (moe - base) * share;
    if (flops >= value.low && flops <= value.high) {
      found.mean_loops = {std::min(found.mean_loops.low, mean), std::max(found.mean_loops.high, mean)};
      found.share_below_max = {std::min(found.share_below_max.low, share),
                               std::max(found.share_below_max.high, share)};
    }
  });
  return found;
}

void ExpectJustHolds(const Interval& outer, const Interval& inner, double slack) {
  EXPECT_LE(outer.low, inner.low + 1e-12);
  EXPECT_GE(outer.high, inner.high - 1e-12);
  EXPECT_GT(outer.low, inner.low - slack);
  EXPECT_LT(outer.high, inner.high + slack);
}

// Against every histogram there is. The intervals must hold them all, and be no wider than the grid of so few
// tokens explains: a histogram inside the band is a token or so from each end.
TEST(Inversion, HoldsEveryHistogramAndNoMore) {
  for (const auto& [max_loops, tokens] : {std::pair(4, 60), {2, 200}, {3, 120}, {6, 24}}) {
    for (const double experts : {0.25, 0.1, 1.0, 2.5}) {
      for (double middle = 1.0 + experts; middle <= max_loops; middle += 0.237) {
        const Interval value{middle - 0.1, middle + 0.1};
        const PossibleAverages found = Enumerate(value, 1.0, 1.0 + experts, max_loops, tokens);
        const auto inverted = InvertFormula({value, {1.0, 1.0}, {1.0 + experts, 1.0 + experts}}, max_loops);
        ASSERT_TRUE(inverted.has_value());
        const double slack = 2.0 * max_loops / tokens;
        ExpectJustHolds(inverted->mean_loops, found.mean_loops, slack);
        ExpectJustHolds(inverted->share_below_max, found.share_below_max, slack);
      }
    }
  }
}

}  // namespace
}  // namespace vffn
