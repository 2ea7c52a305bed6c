#include "tokens/held_out.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tokens/document_order.h"

namespace vffn {
namespace {

TEST(HeldOut, FollowsTheWrittenRule) {
  // Python: int.from_bytes(sha256(b"held-out\0the text").digest()[:8], "big") / 2**64 is 0.8615...
  HeldOutOptions options;
  options.share = 0.8614;
  EXPECT_FALSE(IsHeldOut(options, "the text"));
  options.share = 0.8615;
  EXPECT_TRUE(IsHeldOut(options, "the text"));
  options.share = 0;
  EXPECT_FALSE(IsHeldOut(options, "the text"));
}

TEST(HeldOut, TheShareIsMetAndTheSaltChangesTheChoice) {
  HeldOutOptions options, salted;
  options.share = salted.share = 0.1;
  salted.salt = "other";
  int held_out = 0, both = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = "document " + std::to_string(i);
    held_out += IsHeldOut(options, text);
    both += IsHeldOut(options, text) && IsHeldOut(salted, text);
  }
  EXPECT_NEAR(held_out, 2000, 5 * std::sqrt(20'000 * 0.1 * 0.9));
  EXPECT_NEAR(both, 200, 5 * std::sqrt(20'000 * 0.01));
}

TEST(DocumentOrder, ShuffleIsAUniformPermutation) {
  // Mean squared distance between the place before and after: (n^2 - 1) / 6 for a uniform permutation.
  constexpr int kDocuments = 5000;
  const DocumentOrder order({OrderKind::kShuffle, 4, {}});
  std::vector<std::pair<uint64_t, int>> keys;
  for (int i = 0; i < kDocuments; ++i) {
    keys.emplace_back(*order.KeyOf(static_cast<size_t>(i / 1000), "", i % 1000 + 1), i);
  }
  std::sort(keys.begin(), keys.end());
  double squared = 0;
  for (int place = 0; place < kDocuments; ++place) {
    squared += std::pow(keys[static_cast<size_t>(place)].second - place, 2);
  }
  EXPECT_NEAR(squared / kDocuments / (kDocuments * double{kDocuments} / 6), 1, 0.06);
}

}  // namespace
}  // namespace vffn
