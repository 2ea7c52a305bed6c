#include "eval/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/rescore.h"
#include "tests/base/temporary_folder.h"
#include "tests/runs/sample_run.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Rescore, GivesAnotherProfileOfTheSameTokens) {
  LedgerContents contents = MakeContents();
  contents.docs["piqa"][0].choices[1] =
      MakeChoice(" bcd", {-4.5});  // -1.5 or -1.125 a character, " a" -2 or -1
  const Results paper = Rescore(contents, FindProfile("olmo"));
  const Results in_loop = Rescore(contents, FindProfile("olmo-in-loop-0.9"));
  EXPECT_EQ(paper.average.value, 0.0);
  EXPECT_EQ(in_loop.average.value, 0.5);
  EXPECT_EQ(paper.tasks[0].Score(Metric::kAcc), in_loop.tasks[0].Score(Metric::kAcc));
}

TEST(Rescore, RefusesOtherTokensByName) {
  EXPECT_THAT(
      ErrorOf([] { Rescore(MakeContents(), FindProfile("lm-eval")); }),
      AllOf(HasSubstr("the.ledger: profile lm-eval scores other tokens (rendering lm-eval, encoding joint)"),
            HasSubstr("vffn eval --profile lm-eval")));
}

TEST(Rescore, TellsThatDocsAreMissing) {
  LedgerContents contents = MakeContents();
  contents.tasks[0].docs = 100;
  EXPECT_EQ(Rescore(contents, FindProfile("olmo")).tasks[0].missing, 98);
  contents.docs.clear();
  EXPECT_THAT(ErrorOf([&] { Rescore(contents, FindProfile("olmo")); }), HasSubstr("piqa: no doc was scored"));
}

TEST(Results, LeaveOutAnUnreportedMetricThatIsNotDefined) {
  LedgerContents contents = MakeContents();
  contents.docs["piqa"][0].choices[0] = MakeChoice(" ", {-2});
  const Results results = Rescore(contents, FindProfile("olmo-in-loop-0.9"));
  EXPECT_THAT(ErrorOf([&] { results.tasks[0].Score(Metric::kAccNorm); }),
              HasSubstr("acc_norm is not defined"));
  EXPECT_THAT(ErrorOf([&] { Rescore(contents, FindProfile("olmo")); }), HasSubstr("piqa, doc 0: len_norm"));
}

}  // namespace
}  // namespace vffn
