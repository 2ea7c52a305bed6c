#include "base/wrapped_list.h"

#include <gtest/gtest.h>

namespace vffn {
namespace {

TEST(WrappedList, BreaksLines) {
  EXPECT_EQ(WrappedList("groups", {}), "groups");
  EXPECT_EQ(WrappedList("groups", {"a"}), "groups: a");
  EXPECT_EQ(WrappedList("g", {"aa", "bb", "cc", "dd"}, 9), "g: aa,\n  bb, cc,\n  dd");
  EXPECT_EQ(WrappedList("g", {"aa", "bb"}, 9), "g: aa, bb");
  EXPECT_EQ(WrappedList("g", {"longer than that", "b"}, 5), "g:\n  longer than that,\n  b");
}

}  // namespace
}  // namespace vffn
