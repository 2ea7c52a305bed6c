// Rotary and learned positions of batches.
#include <gtest/gtest.h>

#include <numeric>

#include "base/error.h"
#include "model/ropes.h"
#include "model/transformer.h"
#include "tests/model/random_checkpoint.h"

namespace vffn {
namespace {

std::vector<int32_t> Tokens(int64_t count) {
  std::vector<int32_t> tokens(count);
  std::iota(tokens.begin(), tokens.end(), 1);
  return tokens;
}

TEST(Positions, BeyondTheModelAreRefused) {
  for (const Positions positions : {Positions::kRotary, Positions::kLearned}) {
    ModelConfig config = TinyConfig();
    config.positions = positions;
    config.max_sequence_length = 7;
    const Transformer model(RandomCheckpoint(config), {}, 1);
    PackedBatch batch;
    AppendSequence(batch, Tokens(7));
    model.forward({.batch = &batch});
    AppendSequence(batch, Tokens(8));
    try {
      model.forward({.batch = &batch});
      FAIL();
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "position 7 is outside the model's longest sequence of 7 tokens");
    }
  }
}

TEST(Positions, AnglesDoNotDependOnWhichPositionsCameBefore) {
  const RopeFrequencies frequencies{.radians = {1, 0.1f, 0.003f}, .amplitude = 1.25f};
  const RotaryTable grown(frequencies, 1000, at::kCPU), fresh(frequencies, 1000, at::kCPU);
  for (const std::vector<int32_t>& positions : {std::vector<int32_t>{0}, {3, 1, 2}, {999, 0, 500}}) {
    const RotaryAngles angles = grown.At(positions);
    for (size_t i = 0; i < positions.size(); ++i) {
      for (int64_t j = 0; j < 3; ++j) {
        const float angle = static_cast<float>(positions[i]) * frequencies.radians[j];
        EXPECT_EQ(angles.cosine[i][j].item<float>(), 1.25f * std::cos(angle));
        EXPECT_EQ(angles.sine[i][j].item<float>(), 1.25f * std::sin(angle));
      }
    }
  }
  EXPECT_TRUE(at::equal(grown.At({77}).sine, fresh.At({77}).sine));
}

ModelConfig LongRopeConfig() {
  ModelConfig config = TinyConfig();
  config.rope_scaling = {.kind = RopeScalingKind::kLongRope,
                         .original_max_sequence_length = 6,
                         .attention_factor = 1.1,
                         .short_factors = {1, 1.5, 2, 3},
                         .long_factors = {2, 4, 8, 16}};
  return config;
}

// A trie of two paths of 5 and 7 tokens, and sequences of 6 and 7 tokens.
TEST(Positions, LongRopeChoosesItsFactorsForEveryTrie) {
  const ModelConfig config = LongRopeConfig();
  PackedBatch batch;
  AppendSequence(batch, Tokens(4));
  batch.tokens.insert(batch.tokens.end(), {20, 30, 31, 32});
  batch.positions.insert(batch.positions.end(), {4, 4, 5, 6});
  batch.segments.insert(batch.segments.end(), {{4, 5, 0}, {5, 8, 0}});
  AppendSequence(batch, Tokens(6));
  AppendSequence(batch, Tokens(7));
  const RotaryAngles angles = Ropes(config, at::kCPU).Full(batch);
  const RotaryAngles with_short = RotaryTable(FullFrequencies(config), 512, at::kCPU).At(batch.positions);
  const RotaryAngles with_long = RotaryTable(LongFrequencies(config), 512, at::kCPU).At(batch.positions);
  for (int64_t row = 0; row < batch.size(); ++row) {
    const bool is_long = row < 8 || row >= 14;
    EXPECT_TRUE(at::equal(angles.cosine[row], (is_long ? with_long : with_short).cosine[row])) << row;
    EXPECT_TRUE(at::equal(angles.sine[row], (is_long ? with_long : with_short).sine[row])) << row;
  }
}

TEST(Positions, OfWindowedLayersHaveABaseOfTheirOwn) {
  ModelConfig config = LongRopeConfig();
  config.window = 3;
  PackedBatch batch;
  AppendSequence(batch, Tokens(9));
  EXPECT_TRUE(
      at::equal(Ropes(config, at::kCPU).Windowed(batch).sine, Ropes(config, at::kCPU).Full(batch).sine));
  config.window_rope_theta = 100;
  EXPECT_TRUE(at::equal(Ropes(config, at::kCPU).Windowed(batch).sine,
                        RotaryTable(WindowFrequencies(config), 512, at::kCPU).At(batch.positions).sine));
  config.positions = Positions::kLearned;
  EXPECT_FALSE(Ropes(config, at::kCPU).Full(batch).sine.defined());
}

}  // namespace
}  // namespace vffn
