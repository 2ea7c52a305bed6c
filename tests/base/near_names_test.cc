#include "base/near_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(NameDistance, CountsLettersAndDigits) {
  EXPECT_EQ(NameDistance("piqa", "piqa"), 0U);
  EXPECT_EQ(NameDistance("--output-path", "outputPath"), 0U);
  EXPECT_EQ(NameDistance("hellaswag", "helaswag"), 1U);
  EXPECT_EQ(NameDistance("abc", ""), 3U);
  EXPECT_EQ(NameDistance("kitten", "sitting"), 3U);
  EXPECT_EQ(NameDistance("eavl", "eval"), 1U);
  EXPECT_EQ(NameDistance("taksz", "tasks"), 2U);
}

TEST(NearestNames, AreThoseOfTheLeastDistance) {
  const std::vector<std::string> known = {"rc_0shot", "rc_5shot", "mc_5shot", "piqa"};
  EXPECT_THAT(NearestNames("rc_3shot", known), ElementsAre("rc_0shot", "rc_5shot"));
  EXPECT_THAT(NearestNames("pika", known), ElementsAre("piqa"));
  EXPECT_THAT(NearestNames("something", known), IsEmpty());
  EXPECT_THAT(NearestNames("pikachu", known, 4), ElementsAre("piqa"));
}

TEST(DidYouMean, NamesWhatIsNear) {
  const std::vector<std::string> known = {"eval", "compare", "rc_0shot", "rc_5shot", "bits_per_byte"};
  EXPECT_EQ(DidYouMean("evl", known), "; did you mean eval?");
  EXPECT_EQ(DidYouMean("EVAL", known), "; did you mean eval?");
  EXPECT_EQ(DidYouMean("comprae", known), "; did you mean compare?");
  EXPECT_EQ(DidYouMean("rc_3shot", known), "; did you mean rc_0shot or rc_5shot?");
  EXPECT_EQ(DidYouMean("bits", known), "; did you mean bits_per_byte?");
  EXPECT_EQ(DidYouMean("oval2", known), "");
  EXPECT_EQ(DidYouMean("by", known), "");
  EXPECT_EQ(DidYouMean("", known), "");
  EXPECT_EQ(DidYouMean("c", std::vector<std::string>{"a", "b"}), "");
}

TEST(DidYouMeanOneOf, ListsAllNames) {
  const std::vector<std::string> known = {"olmo", "lm-eval"};
  EXPECT_EQ(DidYouMeanOneOf("lm_eval", known), "; did you mean lm-eval? Choose one of olmo, lm-eval");
  EXPECT_EQ(DidYouMeanOneOf("mine", known), "; choose one of olmo, lm-eval");
  EXPECT_EQ(DidYouMeanOneOf("mine", known, "the fields are"), "; the fields are olmo, lm-eval");
}

}  // namespace
}  // namespace vffn
