// The head of every set of kernels against double precision.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/model/kernel_sets.h"

namespace vffn::kernels {
namespace {

struct HeadResult {
  std::vector<float> log_probs;
  std::vector<uint8_t> greedy;
};

HeadResult Head(const Kernels& kernels, const std::vector<float>& hidden, const std::vector<float>& w,
                int64_t k, const std::vector<Target>& targets, const LogitArgs& logits = {}) {
  const PackedMatrix packed =
      kernels.pack({.weights = w.data(), .n = static_cast<int64_t>(w.size()) / k, .k = k});
  HeadResult result{std::vector<float>(targets.size()), std::vector<uint8_t>(targets.size())};
  kernels.head({.hidden = hidden.data(),
                .rows = static_cast<int64_t>(hidden.size()) / k,
                .w = &packed,
                .logits = logits,
                .targets = targets,
                .log_probs = result.log_probs.data(),
                .greedy = result.greedy.data()});
  return result;
}

TEST_P(KernelsTest, HeadAgreesWithDoublePrecision) {
  constexpr int64_t kRows = 101, kK = 24, kVocabulary = 533;
  const std::vector<float> hidden = RandomFloats(kRows * kK, 14);
  const std::vector<float> w = RandomFloats(kVocabulary * kK, 15);
  std::vector<float> bias = RandomFloats(kVocabulary, 16);
  bias[531] += 20;  // the bias decides what the best token is
  std::vector<Target> targets;
  for (int32_t row = 0; row < kRows; ++row) {
    for (int32_t i = 0; i < row % 4; ++i) {
      targets.push_back({row, i == 2 ? 531 : (row * 37 + i * 211) % static_cast<int32_t>(kVocabulary)});
    }
  }
  for (const LogitArgs& args : {LogitArgs{},
                                {.bias = bias.data()},
                                {.multiplier = 0.125f},
                                {.multiplier = 3},
                                {.softcap = 5},
                                {.bias = bias.data(), .multiplier = 0.5f, .softcap = 7}}) {
    const HeadResult result = Head(kernels, hidden, w, kK, targets, args);
    for (size_t t = 0; t < targets.size(); ++t) {
      std::vector<double> logits(kVocabulary);
      double sum = 0;
      for (int64_t token = 0; token < kVocabulary; ++token) {
        for (int64_t i = 0; i < kK; ++i) {
          logits[token] += static_cast<double>(hidden[targets[t].row * kK + i]) * w[token * kK + i];
        }
        logits[token] = args.multiplier * (logits[token] + (args.bias ? bias[token] : 0));
        if (args.softcap > 0) {
          logits[token] = args.softcap * std::tanh(logits[token] / args.softcap);
        }
        sum += std::exp(logits[token]);
      }
      // The multiplier multiplies the rounding of the product, too.
      EXPECT_NEAR(result.log_probs[t], logits[targets[t].token] - std::log(sum),
                  1e-5 * std::max(1.0f, args.multiplier));
      EXPECT_EQ(result.greedy[t], std::ranges::max_element(logits) - logits.begin() == targets[t].token);
    }
  }
}

TEST_P(KernelsTest, HeadBreaksTiesToTheLowestToken) {
  const std::vector<float> w = {0, 1, 0, 1};  // tokens 1 and 3 tie
  const HeadResult result = Head(kernels, {1.0f}, w, 1, {{0, 1}, {0, 3}});
  EXPECT_EQ(result.greedy, (std::vector<uint8_t>{1, 0}));
  EXPECT_EQ(result.log_probs[0], result.log_probs[1]);
}

// Capped, all large logits are equal: the lowest token is the best one, as argmax finds it.
TEST_P(KernelsTest, HeadBreaksTiesOfCappedLogitsToTheLowestToken) {
  const HeadResult result = Head(kernels, {1.0f}, {0, 90, 100, 95}, 1, {{0, 1}, {0, 2}}, {.softcap = 1});
  EXPECT_EQ(result.greedy, (std::vector<uint8_t>{1, 0}));
}

// tanh over its range: the difference of two tokens' log-probabilities is c tanh(x / c) - c tanh(0).
TEST_P(KernelsTest, SoftCapIsAccurateForSmallAndLargeLogits) {
  for (const float cap : {1.0f, 30.0f}) {
    for (float x = -12; x <= 12; x += 0.0371f) {
      const HeadResult result = Head(kernels, {1.0f}, {0, x * cap}, 1, {{0, 0}, {0, 1}}, {.softcap = cap});
      const double expected = cap * std::tanh(static_cast<double>(x));
      // The log-probabilities themselves are rounded to 2^-24 of values up to the cap.
      EXPECT_NEAR(result.log_probs[1] - result.log_probs[0], expected, 4e-7 * cap) << x;
    }
  }
}

TEST_P(KernelsTest, HeadLetsNanThrough) {
  std::vector<float> w(300, 0.5f);
  w[299] = std::numeric_limits<float>::quiet_NaN();
  for (const LogitArgs& args : {LogitArgs{}, {.multiplier = 2, .softcap = 5}}) {
    EXPECT_TRUE(std::isnan(Head(kernels, {1.0f}, w, 1, {{0, 2}}, args).log_probs[0]));
  }
}

}  // namespace
}  // namespace vffn::kernels
