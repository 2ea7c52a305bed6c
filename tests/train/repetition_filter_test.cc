#include "train/data/repetition_filter.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace vffn {
namespace {

/// Tokens that all differ, but for a stretch of so many tokens with the period.
std::vector<int64_t> WithStretch(int64_t period, int64_t length) {
  std::vector<int64_t> tokens(1000);
  std::iota(tokens.begin(), tokens.end(), 100);
  for (int64_t i = 0; i < length; ++i) {
    tokens[static_cast<size_t>(77 + i)] = i % period;
  }
  return tokens;
}

TEST(RepetitionFilterTest, WholePeriodsAreCounted) {
  const RepetitionFilter filter;
  for (int64_t period = 1; period <= 13; ++period) {
    EXPECT_FALSE(IsRepetitive(WithStretch(period, 32 * period - 1), filter)) << period;
    EXPECT_TRUE(IsRepetitive(WithStretch(period, 32 * period), filter)) << period;
  }
  EXPECT_FALSE(IsRepetitive(WithStretch(14, 32 * 14), filter));
  EXPECT_TRUE(IsRepetitive(WithStretch(14, 32 * 14), {.min_period = 1, .max_period = 14, .max_count = 32}));
  EXPECT_FALSE(IsRepetitive(WithStretch(2, 32), {.min_period = 3, .max_period = 13, .max_count = 32}));
  EXPECT_TRUE(IsRepetitive(WithStretch(1, 3), {.min_period = 1, .max_period = 1, .max_count = 3}));
}

}  // namespace
}  // namespace vffn
