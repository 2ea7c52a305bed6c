// Rotary frequencies against those of transformers: tests/golden/ropes.
#include "model/rope_frequencies.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/fields.h"
#include "base/json.h"

namespace vffn {
namespace {

RopeScaling ScalingOf(const Fields& fields) {
  RopeScaling scaling;
  Parse(fields.Get<std::string>("rope_type"), "ropes.json", scaling.kind);
  scaling.factor = fields.Get("factor", scaling.factor);
  scaling.original_max_sequence_length = fields.Get("original_max_position_embeddings", int64_t{0});
  scaling.low_freq_factor = fields.Get("low_freq_factor", scaling.low_freq_factor);
  scaling.high_freq_factor = fields.Get("high_freq_factor", scaling.high_freq_factor);
  scaling.beta_fast = fields.Get("beta_fast", scaling.beta_fast);
  scaling.beta_slow = fields.Get("beta_slow", scaling.beta_slow);
  scaling.truncate = fields.Get("truncate", scaling.truncate);
  scaling.short_factors = fields.Get("short_factor", std::vector<double>());
  scaling.long_factors = fields.Get("long_factor", std::vector<double>());
  return scaling;
}

/// float32's pow differs by an ulp or two between libraries; every other step is the same arithmetic.
void ExpectFrequencies(const std::vector<float>& radians, const std::vector<double>& expected) {
  ASSERT_EQ(radians.size(), expected.size());
  for (size_t j = 0; j < radians.size(); ++j) {
    EXPECT_NEAR(radians[j], expected[j], 4e-7 * expected[j]) << j;
  }
}

TEST(RopeFrequencies, AreThoseOfTransformers) {
  const Json cases = ReadJsonFile(std::string(VFFN_TESTS_DIR) + "/golden/ropes/ropes.json");
  ASSERT_EQ(cases.size(), 10u);
  for (const Json& json : cases) {
    const Fields fields(json, "ropes.json");
    const std::string name = fields.Get<std::string>("name");
    SCOPED_TRACE(name);
    ModelConfig config{.head_size = fields.Get<int64_t>("size"),
                       .max_sequence_length = fields.Get<int64_t>("length"),
                       .rope_theta = fields.Get<double>("theta")};
    if (const std::optional<Fields> scaling = fields.OptionalObject("scaling")) {
      config.rope_scaling = ScalingOf(*scaling);
    }
    config.rope_scaling.attention_factor = fields.Get<double>("attention_scaling");
    const RopeFrequencies full = FullFrequencies(config);
    EXPECT_EQ(full.amplitude, static_cast<float>(fields.Get<double>("attention_scaling")));
    ExpectFrequencies(full.radians, fields.Get<std::vector<double>>("inv_freq"));
    if (name == "longrope") {
      ExpectFrequencies(LongFrequencies(config).radians, fields.Get<std::vector<double>>("long_inv_freq"));
    } else {
      EXPECT_EQ(LongFrequencies(config), full);
    }
    EXPECT_EQ(WindowFrequencies(config), full);

    ModelConfig partial = config;  // of a larger head, the same dimensions
    partial.rotary_size = config.head_size;
    partial.head_size *= 2;
    EXPECT_EQ(FullFrequencies(partial), full);
  }
}

TEST(RopeFrequencies, OfTheWindowHaveNoScaling) {
  ModelConfig config{.head_size = 8, .rope_theta = 1e6};
  config.rope_scaling = {.kind = RopeScalingKind::kLinear, .factor = 8};
  config.window_rope_theta = 1e4;
  EXPECT_EQ(WindowFrequencies(config), FullFrequencies({.head_size = 8, .rope_theta = 1e4}));
  EXPECT_FLOAT_EQ(FullFrequencies(config).radians[1], 1.0f / 8 / std::pow(10.0f, 1.5f));
}

TEST(RopeFrequencies, OfFactorsAreDivided) {
  ModelConfig config{.head_size = 4, .rope_theta = 1e4};
  config.rope_scaling = {.kind = RopeScalingKind::kFactors, .short_factors = {2, 5}};
  EXPECT_FLOAT_EQ(FullFrequencies(config).radians[0], 0.5f);
  EXPECT_FLOAT_EQ(FullFrequencies(config).radians[1], 0.002f);
}

}  // namespace
}  // namespace vffn
