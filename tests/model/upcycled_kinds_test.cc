// Upcycling of every family that can be upcycled, and models of every kind in our own format.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/logits.h"
#include "model/weights/checkpoint_writer.h"
#include "model/weights/upcycled_checkpoint.h"
#include "tests/base/temporary_folder.h"
#include "tests/model/decoder_kinds.h"

namespace vffn {
namespace {

using testing::HasSubstr;

std::vector<float> LogitsOf(const Checkpoint& checkpoint) {
  return ComputeLogits(checkpoint, TinySequences(), 0, {}).logits;
}

std::unique_ptr<Checkpoint> UpcycledOf(const ModelConfig& dense, const FfnConfig& ffn) {
  return Upcycle(std::make_unique<RandomCheckpoint>(dense), ffn, 7);
}

/// The checkpoint in our format, read again.
std::unique_ptr<Checkpoint> Stored(const Checkpoint& checkpoint, const TemporaryFolder& folder,
                                   const std::string& model_args = "") {
  static int next = 0;
  const std::filesystem::path path = folder.path() / std::to_string(next++);
  EXPECT_TRUE(WriteCheckpoint(checkpoint, CheckpointFormat::kVffn, path, {}));
  return OpenCheckpoint(path, model_args);
}

constexpr FfnConfig kVersatile = {.kind = FfnKind::kVersatile, .n_experts = 4, .top_k = 2, .max_loops = 3};
constexpr FfnConfig kMoe = {.kind = FfnKind::kMoe, .n_experts = 4, .top_k = 2};
constexpr FfnConfig kKLoop = {.kind = FfnKind::kKLoop, .max_loops = 3};

class KindTest : public testing::TestWithParam<DecoderKind> {
 protected:
  TemporaryFolder folder_;
};

class StoredKindTest : public KindTest {};

INSTANTIATE_TEST_SUITE_P(Every, StoredKindTest, testing::ValuesIn(DecoderKinds()),
                         [](const auto& info) { return info.param.name; });

TEST_P(StoredKindTest, OurFormatKeepsEverything) {
  const RandomCheckpoint checkpoint(GetParam().config);
  const auto stored = Stored(checkpoint, folder_);
  EXPECT_EQ(stored->config(), checkpoint.config());
  EXPECT_EQ(LogitsOf(*stored), LogitsOf(checkpoint));
}

TEST_P(StoredKindTest, OtherFormatsRefuseWhatTheyCannotExpress) {
  const ModelConfig& config = GetParam().config;
  if (Peculiarities(config).empty() && config.ffn.kind == FfnKind::kDense) {
    return;
  }
  ModelConfig without_scaling = config;
  without_scaling.rope_scaling = {};
  const RandomCheckpoint checkpoint(config);
  for (const CheckpointFormat format : {CheckpointFormat::kOlmo, CheckpointFormat::kHuggingFace}) {
    if (format == CheckpointFormat::kHuggingFace && Peculiarities(without_scaling).empty() &&
        config.ffn.kind == FfnKind::kDense) {
      continue;  // a Llama with a scaling of its rotary frequencies
    }
    const std::string message =
        ErrorOf([&] { WriteCheckpoint(checkpoint, format, folder_.path() / "refused", {}); });
    EXPECT_THAT(message, HasSubstr("format vffn"));
    const std::string first = Peculiarities(config);
    EXPECT_THAT(message,
                testing::AnyOf(HasSubstr(first.substr(0, first.find(' '))), HasSubstr("sparse_moe")));
  }
}

class UpcycledKindTest : public KindTest {};

INSTANTIATE_TEST_SUITE_P(Every, UpcycledKindTest, testing::ValuesIn(GatedDecoderKinds()),
                         [](const auto& info) { return info.param.name; });

// One loop of the depth branch alone, and one loop of k-Loop, are the dense model, to the bit.
TEST_P(UpcycledKindTest, StartsAsTheDenseModel) {
  const ModelConfig& dense = GetParam().config;
  const std::vector<float> expected = LogitsOf(RandomCheckpoint(dense));
  const auto versatile = Stored(*UpcycledOf(dense, kVersatile), folder_, "branches=depth,loops=1");
  EXPECT_EQ(LogitsOf(*versatile), expected);
  EXPECT_EQ(LogitsOf(*Stored(*UpcycledOf(dense, kKLoop), folder_, "loops=1")), expected);
  FfnConfig one_loop = kVersatile;
  one_loop.max_loops = 1;
  EXPECT_EQ(LogitsOf(*UpcycledOf(dense, one_loop)), expected);
}

TEST_P(UpcycledKindTest, KeepsAllButTheFfn) {
  const ModelConfig& dense = GetParam().config;
  for (const FfnConfig& ffn : {kVersatile, kMoe, kKLoop}) {
    const auto upcycled = UpcycledOf(dense, ffn);
    ModelConfig config = upcycled->config();
    EXPECT_EQ(config.ffn.kind, ffn.kind);
    config.ffn = dense.ffn;
    EXPECT_EQ(config, dense);
    const auto stored = Stored(*upcycled, folder_);
    EXPECT_EQ(stored->config(), upcycled->config());
    EXPECT_EQ(LogitsOf(*stored), LogitsOf(*upcycled));
  }
}

TEST(UpcycledKinds, RefusesWhatTheNewFfnCannotHave) {
  for (const DecoderKind& kind : DecoderKinds()) {
    const ModelConfig& dense = kind.config;
    const auto message = [&](const FfnConfig& ffn) { return ErrorOf([&] { UpcycledOf(dense, ffn); }); };
    SCOPED_TRACE(kind.name);
    if (dense.ffn.kind == FfnKind::kSparseMoe) {
      EXPECT_THAT(message(kVersatile), HasSubstr("only a dense model is upcycled"));
    } else if (dense.residual != Residual::kSequential) {
      EXPECT_THAT(message(kKLoop), HasSubstr("upcycling: residual is parallel"));
    } else if (!dense.gated) {
      EXPECT_THAT(message(kVersatile), testing::AnyOf(HasSubstr("ffn_bias"), HasSubstr("gated is false")));
      EXPECT_EQ(message(kKLoop), "");
    }
    EXPECT_THAT(message(TinySparseMoe()), testing::AnyOf(HasSubstr("sparse_moe"), HasSubstr("dense model")));
  }
}

}  // namespace
}  // namespace vffn
