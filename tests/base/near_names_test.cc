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
}

TEST(NearestNames, AreThoseOfTheLeastDistance) {
  const std::vector<std::string> known = {"rc_0shot", "rc_5shot", "mc_5shot", "piqa"};
  EXPECT_THAT(NearestNames("rc_3shot", known), ElementsAre("rc_0shot", "rc_5shot"));
  EXPECT_THAT(NearestNames("pika", known), ElementsAre("piqa"));
  EXPECT_THAT(NearestNames("something", known), IsEmpty());
  EXPECT_THAT(NearestNames("pikachu", known, 4), ElementsAre("piqa"));
}

}  // namespace
}  // namespace vffn
