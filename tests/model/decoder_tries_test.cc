// A sequence in a token trie, beside other tries, has the hidden states that it has alone.
#include <gtest/gtest.h>

#include <algorithm>

#include "model/transformer.h"
#include "tests/model/decoder_kinds.h"
#include "tests/model/test_device.h"

namespace vffn {
namespace {

struct TrieCase {
  PackedBatch batch;
  std::vector<std::vector<int32_t>> paths;  // rows of the batch
};

/// Appends a segment of `length` tokens.
int32_t AddSegment(int32_t length, int32_t parent, PackedBatch& batch) {
  const auto begin = static_cast<int32_t>(batch.size());
  const int32_t depth = parent < 0 ? 0 : batch.positions[batch.segments[parent].end - 1] + 1;
  for (int32_t i = 0; i < length; ++i) {
    batch.tokens.push_back((begin + i) * 37 % 301);
    batch.positions.push_back(depth + i);
  }
  batch.segments.push_back({begin, begin + length, parent});
  return static_cast<int32_t>(batch.segments.size()) - 1;
}

/// Two tries; the second one branches twice.
TrieCase MakeTries() {
  TrieCase tries;
  PackedBatch& batch = tries.batch;
  AddSegment(11, -1, batch);
  const int32_t root = AddSegment(23, -1, batch);
  AddSegment(9, root, batch);
  const int32_t branch = AddSegment(14, root, batch);
  AddSegment(3, branch, batch);
  AddSegment(30, branch, batch);
  for (int32_t s = 0; std::cmp_less(s, batch.segments.size()); ++s) {
    std::vector<int32_t>& path = tries.paths.emplace_back();
    for (int32_t of = s; of >= 0; of = batch.segments[of].parent) {
      for (int32_t row = batch.segments[of].end; row-- > batch.segments[of].begin;) {
        path.push_back(row);
      }
    }
    std::ranges::reverse(path);
  }
  return tries;
}

class DecoderTriesTest : public testing::TestWithParam<DecoderKind> {
 protected:
  /// The largest difference between a state in its trie and alone.
  static double Difference(const ComputeOptions& options) {
    const TrieCase tries = MakeTries();
    const Transformer model(RandomCheckpoint(GetParam().config), options, 1);
    const at::Tensor packed = model.forward({.batch = &tries.batch});
    double worst = 0;
    for (const std::vector<int32_t>& path : tries.paths) {
      std::vector<int32_t> tokens;
      for (const int32_t row : path) {
        tokens.push_back(tries.batch.tokens[row]);
      }
      PackedBatch alone;
      AppendSequence(alone, tokens);
      const at::Tensor states = model.forward({.batch = &alone});
      const at::Tensor in_trie = packed.index_select(0, at::tensor(path, at::kInt).to(packed.device()));
      worst = std::max(worst, (states - in_trie).abs().max().item<double>());
    }
    return worst;
  }
};

INSTANTIATE_TEST_SUITE_P(Every, DecoderTriesTest, testing::ValuesIn(DecoderKinds()),
                         [](const auto& info) { return info.param.name; });

TEST_P(DecoderTriesTest, StatesAreTheSameToTheBit) {
  EXPECT_EQ(Difference({.dtype = Dtype::kFloat32}), 0);
  EXPECT_EQ(Difference({.dtype = Dtype::kBfloat16}), 0);
}

TEST_P(DecoderTriesTest, StatesAreTheSameWithLibTorch) {
  EXPECT_LT(Difference(OnTestDevice(Backend::kTorch)), 1e-4);  // another order of summation
}

}  // namespace
}  // namespace vffn
