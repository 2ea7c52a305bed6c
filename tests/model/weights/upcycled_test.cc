#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "model/weights/upcycled_checkpoint.h"
#include "tests/model/random_checkpoint.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

using testing::Each;
using testing::EndsWith;
using testing::HasSubstr;

constexpr FfnConfig kVersatile = {.kind = FfnKind::kVersatile, .n_experts = 8, .top_k = 2, .max_loops = 4};
constexpr FfnConfig kMoe = {.kind = FfnKind::kMoe, .n_experts = 8, .top_k = 2};
constexpr FfnConfig kKLoop = {.kind = FfnKind::kKLoop, .max_loops = 6};

std::unique_ptr<Checkpoint> Dense() {
  return OpenCheckpoint(TestData("oracles/dense_sequential/checkpoint"));
}

bool IsFresh(const std::string& parameter) {
  return parameter.find("router") != std::string::npos || parameter.find("loop_head") != std::string::npos ||
         parameter.find("experts") != std::string::npos;
}

// The released code's own upcycling: a non-strict load of dense_sequential into its VersatileFFN.
TEST(Upcycle, KeepsWhatTheReleaseKeeps) {
  const auto oracle = OpenCheckpoint(TestData("oracles/upcycle_e8k2l4/checkpoint"), "top_k=2");
  const auto upcycled = Upcycle(Dense(), kVersatile, 0);
  EXPECT_EQ(upcycled->config(), oracle->config());
  int compared = 0;
  for (const ParameterSpec& spec : ParameterSpecs(oracle->config())) {
    if (!IsFresh(spec.name)) {
      EXPECT_EQ(ReadParameter(*upcycled, spec), ReadParameter(*oracle, spec)) << spec.name;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 3 * 6 + 3);
}

TEST(Upcycle, FreshWeightsAreTruncatedNormal) {
  const auto upcycled = Upcycle(std::make_unique<RandomCheckpoint>(TinyConfig()), kMoe, 5);
  for (const std::string name : {"experts_in.weight", "experts_out.weight"}) {
    const int64_t rows = name == "experts_in.weight" ? 160 : 48;
    const std::vector<float> values =
        ReadParameter(*upcycled, {"layers.1." + name, {rows, name == "experts_in.weight" ? 48 : 80}});
    double square = 0, most = 0;
    for (const float value : values) {
      square += value * value;
      most = std::max(most, std::abs(static_cast<double>(value)));
    }
    // The standard deviation of a normal truncated at 3 is 0.9866 of the untruncated one's; 3 standard
    // errors.
    const double count = static_cast<double>(values.size());
    EXPECT_NEAR(std::sqrt(square / count), 0.02 * 0.9866, 3 * 0.02 / std::sqrt(2 * count)) << name;
    EXPECT_LE(most, static_cast<double>(0.06f));
    EXPECT_GT(most, 0.055);
  }
  EXPECT_THAT(ReadParameter(*upcycled, {"layers.1.experts_norm.weight", {48}}), Each(1.0f));
}

TEST(Upcycle, SeedAndNameDecideFreshWeights) {
  const auto upcycled = Upcycle(Dense(), kVersatile, 7);
  const ParameterSpec router = {"layers.0.router.weight", {8, 64}};
  const std::vector<float> values = ReadParameter(*upcycled, router);
  // 0.02 times what tests/base/random_test.cc has for this seed and name.
  EXPECT_EQ(values[0], static_cast<float>(0.02 * 0x1.af37a8ddf8272p+0));
  EXPECT_EQ(values[1], static_cast<float>(0.02 * -0x1.c8dafc085871bp+0));
  const auto again = Upcycle(Dense(), kVersatile, 7);
  const std::vector<float> loop_head = ReadParameter(*again, {"layers.2.loop_head.weight", {4, 64}});
  EXPECT_EQ(ReadParameter(*again, router), values);
  EXPECT_EQ(ReadParameter(*upcycled, {"layers.2.loop_head.weight", {4, 64}}), loop_head);
  EXPECT_NE(ReadParameter(*again, {"layers.1.router.weight", {8, 64}}), values);
  EXPECT_NE(ReadParameter(*Upcycle(Dense(), kVersatile, 8), router), values);
}

TEST(Upcycle, KLoopAddsNothing) {
  const auto upcycled = Upcycle(Dense(), kKLoop, 0);
  EXPECT_EQ(upcycled->config().ffn, kKLoop);
  EXPECT_EQ(ParameterCount(upcycled->config()), ParameterCount(Dense()->config()));
  ExpectSameWeights(*Dense(), *upcycled);
}

TEST(Upcycle, KeepsBiases) {
  ModelConfig config = TinyConfig();
  config.qkv_bias = config.attention_out_bias = true;
  const auto upcycled = [&](const FfnConfig& ffn) {
    return Upcycle(std::make_unique<RandomCheckpoint>(config), ffn, 0);
  };
  EXPECT_TRUE(upcycled(kVersatile)->config().qkv_bias);
  ExpectSameWeights(RandomCheckpoint(config), *upcycled(kMoe));
  config.ffn_bias = true;
  ExpectSameWeights(RandomCheckpoint(config), *upcycled(kKLoop));
  EXPECT_THAT(ErrorOf([&] { upcycled(kVersatile); }), HasSubstr("upcycling: ffn_bias is true"));
}

TEST(Upcycle, ExpertsHaveAnEqualShareUnlessTheirSizeIsGiven) {
  FfnConfig ffn = kMoe;
  ffn.n_experts = 3;
  EXPECT_EQ(Upcycle(Dense(), ffn, 0)->config().ffn.expert_hidden_size, 42);  // floor(128 / 3)
  ffn.expert_hidden_size = 100;
  EXPECT_EQ(Upcycle(Dense(), ffn, 0)->config().ffn.expert_hidden_size, 100);
}

TEST(Upcycle, RefusesWhatDoesNotFit) {
  const auto error = [](FfnConfig ffn) { return ErrorOf([&] { Upcycle(Dense(), ffn, 0); }); };
  FfnConfig ffn = kVersatile;
  ffn.top_k = 9;
  EXPECT_EQ(error(ffn), "upcycling: top_k is 9, should be 1 to 8");
  ffn = kMoe;
  ffn.n_experts = 129;
  EXPECT_EQ(error(ffn), "upcycling: 129 experts of an FFN with 128 hidden units");
  EXPECT_EQ(error({}), "upcycling: the new FFN is dense, too");
  EXPECT_THAT(ErrorOf([&] { Upcycle(Upcycle(Dense(), kKLoop, 0), kVersatile, 0); }),
              EndsWith("upcycling: only a dense model is upcycled, this one's FFN is k_loop"));
  std::vector<float> wrong(3);
  EXPECT_THAT(ErrorOf([&] { Upcycle(Dense(), kMoe, 0)->Read("layers.0.router.weight", wrong); }),
              HasSubstr("router.weight has 512 elements, cannot be initialised in 3"));
  EXPECT_THAT(ErrorOf([&] { Upcycle(Dense(), kMoe, 0)->Read("layers.0.loop_head.weight", wrong); }),
              HasSubstr("no parameter layers.0.loop_head.weight"));
}

}  // namespace
}  // namespace vffn
