#include "text/split_words.h"

#include <gtest/gtest.h>

namespace vffn {
namespace {

// len(re.split(r"\s+", text)) of Python 3.13.
TEST(CountSplitWords, IsPythons) {
  EXPECT_EQ(CountSplitWords(""), 1u);
  EXPECT_EQ(CountSplitWords("one"), 1u);
  EXPECT_EQ(CountSplitWords("one  two\u3000\n three"), 3u);
  EXPECT_EQ(CountSplitWords(" one two\n"), 4u);
  EXPECT_EQ(CountSplitWords("a\u00a0b\u200bc\x1c"
                            "d"),
            3u);  // a zero-width space is none
}

}  // namespace
}  // namespace vffn
