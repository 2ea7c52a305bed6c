#include "reports/comparison/compared_scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/comparison/score_pairing.h"
#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

using testing::Contains;
using testing::HasSubstr;

const std::string kSamples = VFFN_TESTS_DIR "/testdata/samples/";

ScorePairing PairWithB(const std::string& name) {
  const auto sets = ReadAllComparedScores({kSamples + name, kSamples + "b"}, {});
  return PairScores(sets[0], sets[1], {});
}

// The same answers in all the forms in which lm-evaluation-harness has written them.
TEST(ReadAllComparedScores, PairsEveryFormOfTheHarnesssSamples) {
  const ScorePairing expected = PairWithB("nested/model__name");
  ASSERT_EQ(expected.tasks.size(), 1U);
  ASSERT_EQ(expected.tasks[0].questions.size(), 6U);
  EXPECT_EQ(expected.tasks[0].metric, "acc_norm");
  for (const char* name :
       {"nested", "array", "old-arguments", "blank", "old-arguments/samples_piqa_2024.jsonl"}) {
    const ScorePairing pairing = PairWithB(name);
    ASSERT_EQ(pairing.tasks.at(0).questions.size(), 6U) << name;
    for (size_t i = 0; i < 6; ++i) {
      EXPECT_EQ(pairing.tasks[0].questions[i].a, expected.tasks[0].questions[i].a) << name;
      EXPECT_EQ(pairing.tasks[0].questions[i].a_margin, expected.tasks[0].questions[i].a_margin) << name;
    }
  }
}

TEST(ReadAllComparedScores, ComparesScoresWithoutFiniteLogLikelihoods) {
  const ScorePairing pairing = PairWithB("inf/samples_piqa_2026.jsonl");
  EXPECT_FALSE(pairing.tasks.at(0).questions[0].a_margin.has_value());
  EXPECT_TRUE(pairing.tasks[0].questions[0].b_margin.has_value());
}

TEST(ReadAllComparedScores, ComparesByAccWhereOneModelHasNothingElse) {
  const auto sets = ReadAllComparedScores({kSamples + "only-acc", kSamples + "b"}, {});
  const ScorePairing pairing = PairScores(sets[0], sets[1], {});
  EXPECT_EQ(pairing.tasks.at(0).metric, "acc");
  EXPECT_THAT(pairing.notes, Contains(HasSubstr("piqa: compared by acc, all that another model's file has")));
  EXPECT_THAT(MessageOf([] {
                ReadAllComparedScores({kSamples + "only-acc", kSamples + "b"}, {.metric = Metric::kAccNorm});
              }),
              HasSubstr("has no acc_norm, but acc"));
}

}  // namespace
}  // namespace vffn
