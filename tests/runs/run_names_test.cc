#include "runs/folders/run_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vffn {
namespace {

using testing::ElementsAre;

TEST(RunNames, AreThoseOfTheNotesOrOfTheModel) {
  EXPECT_EQ(RunName({.name = "4-Loop"}, "models/a"), "4-Loop");
  EXPECT_EQ(RunName({}, "models/a.gguf"), "a.gguf");
  EXPECT_EQ(RunName({}, "models/a/"), "a");
}

TEST(RunNames, AreFoldersWhereTheyCollide) {
  EXPECT_THAT(DistinctNames({{"a", "out/a"}, {"b", "out/b"}}), ElementsAre("a", "b"));
  EXPECT_THAT(DistinctNames({{"m", "out/olmo"}, {"b", "out/b"}, {"m", "out/lm-eval"}}),
              ElementsAre("olmo", "b", "lm-eval"));
  EXPECT_THAT(DistinctNames({{"m", "x/1/runs/m"}, {"m", "x/2/runs/m/"}}), ElementsAre("1", "2"));
  EXPECT_THAT(DistinctNames({{"m", "x/a/1/run"}, {"m", "x/a/2/run"}, {"m", "x/b/1/run"}}),
              ElementsAre("a/1", "a/2", "b/1"));
}

TEST(RunNames, AreUtf8) {
  EXPECT_EQ(RunName({}, "models/caf\xe9"), "caf\uFFFD");
  EXPECT_THAT(DistinctNames({{"m", "a/caf\xe9"}, {"m", "a/b"}}), ElementsAre("caf\uFFFD", "b"));
}

TEST(RunNames, DifferWhereOnePathIsPartOfAnother) {
  EXPECT_THAT(DistinctNames({{"m", "out/x"}, {"m", "out/x/more"}}), ElementsAre("x", "x/more"));
  EXPECT_THAT(DistinctNames({{"m", "out/x"}, {"m", "out/y/x"}}), ElementsAre("x", "y/x"));
}

TEST(RunNames, DifferWhateverTheRuns) {
  EXPECT_THAT(DistinctNames({{"m", "out/x"}, {"m", "out/x"}}), ElementsAre("x", "x (2)"));
  EXPECT_THAT(DistinctNames({{"m", "out/x"}, {"m", "out/y"}, {"x", "out/z"}}),
              ElementsAre("x", "y", "x (2)"));
}

}  // namespace
}  // namespace vffn
