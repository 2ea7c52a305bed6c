#include "eval/token_placement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Profile& kOlmo = FindProfile("olmo");
const Profile& kInLoop = FindProfile("olmo-in-loop-0.9");
const Profile& kLmEval = FindProfile("lm-eval");

/// A tokenizer that adds BOS 1 and EOS 2, of a model whose configuration names 3 and 4.
SpecialTokens AllDifferent() {
  return {.bos = SpecialToken{1, "<s>", "tokenizer_config.json: bos_token"},
          .eos = SpecialToken{2, "</s>", "tokenizer_config.json: eos_token"},
          .model_bos = SpecialToken{3, "<b>", "config.json: bos_token_id"},
          .model_eos = {{4, "<e>", "config.json: eos_token_id"}},
          .has_model_config = true,
          .around = {.before = {1}, .after = {2}},
          .around_source = "tokenizer.json: post_processor"};
}

TEST(TokenPlacement, FollowsTheProfile) {
  const SpecialTokens special = AllDifferent();
  EXPECT_EQ(PlaceSpecialTokens(kOlmo, special, {}).Ids(), "before [], after []");
  const TokenPlacement in_loop = PlaceSpecialTokens(kInLoop, special, {});
  EXPECT_EQ(in_loop.Ids(), "before [3], after []");
  EXPECT_EQ(in_loop.around_reason, "config.json: bos_token_id");
  const TokenPlacement lm_eval = PlaceSpecialTokens(kLmEval, special, {});
  EXPECT_EQ(lm_eval.Ids(), "before [1], after [2], empty context [1]");
  EXPECT_EQ(lm_eval.around_reason, "tokenizer.json: post_processor");
  EXPECT_EQ(lm_eval.marked_begin, "<s>");
}

TEST(TokenPlacement, FollowsTheOption) {
  const SpecialTokens special = AllDifferent();
  for (const Profile& profile : Profiles()) {
    const TokenPlacement without = PlaceSpecialTokens(profile, special, false);
    EXPECT_THAT(without.around.before, IsEmpty()) << profile.name;
    EXPECT_THAT(without.around.after, IsEmpty()) << profile.name;
    EXPECT_EQ(without.around_reason, "--add_bos_token false");
  }
  EXPECT_EQ(PlaceSpecialTokens(kOlmo, special, true).Ids(), "before [1], after []");
  EXPECT_EQ(PlaceSpecialTokens(kInLoop, special, true).Ids(), "before [3], after []");
  EXPECT_EQ(PlaceSpecialTokens(kLmEval, special, true).Ids(), "before [1], after [], empty context [1]");
}

TEST(TokenPlacement, TakesTheOtherBosIfTheProfilesOwnIsMissing) {
  SpecialTokens special = AllDifferent();
  special.bos.reset();
  EXPECT_THAT(PlaceSpecialTokens(kLmEval, special, true).around.before, ElementsAre(3));
  special.model_bos.reset();
  EXPECT_THAT(ErrorOf([&] { PlaceSpecialTokens(kLmEval, special, true); }),
              HasSubstr("--add_bos_token true: the model has no BOS token"));
}

// ai2-olmo-eval has the bos_token_id of the configuration; a tokenizer without a model has its own.
TEST(TokenPlacement, InLoopAddsNothingIfTheConfigurationHasNoBos) {
  SpecialTokens special = AllDifferent();
  special.model_bos.reset();
  EXPECT_EQ(PlaceSpecialTokens(kInLoop, special, {}).Ids(), "before [], after []");
  special.has_model_config = false;
  EXPECT_EQ(PlaceSpecialTokens(kInLoop, special, {}).Ids(), "before [1], after []");
}

TEST(TokenPlacement, TakesEosForAnEmptyContextIfThereIsNoBos) {
  SpecialTokens special = AllDifferent();
  special.bos.reset();
  EXPECT_EQ(PlaceSpecialTokens(kLmEval, special, {}).empty_context->id, 2);
  special.eos.reset();
  EXPECT_EQ(PlaceSpecialTokens(kLmEval, special, {}).empty_context->id, 3);
  special.model_bos.reset();
  EXPECT_EQ(PlaceSpecialTokens(kLmEval, special, {}).empty_context->id, 4);
  special.model_eos.clear();
  EXPECT_FALSE(PlaceSpecialTokens(kLmEval, special, {}).empty_context.has_value());
  EXPECT_FALSE(PlaceSpecialTokens(kOlmo, AllDifferent(), {}).empty_context.has_value());
}

TEST(TokenPlacement, NamesTheProfilesThatPutTheSameTokens) {
  SpecialTokens special = AllDifferent();
  EXPECT_EQ(ProfilesWithTokens(kOlmo, special, {}), "olmo");
  EXPECT_EQ(ProfilesWithTokens(kInLoop, special, {}), "olmo-in-loop-0.9");
  EXPECT_EQ(ProfilesWithTokens(kOlmo, special, false), "olmo,olmo-in-loop-0.9");
  EXPECT_EQ(ProfilesWithTokens(kLmEval, special, {}), "lm-eval");
  special.model_bos.reset();
  EXPECT_EQ(ProfilesWithTokens(kOlmo, special, {}), "olmo,olmo-in-loop-0.9");
}

}  // namespace
}  // namespace vffn
