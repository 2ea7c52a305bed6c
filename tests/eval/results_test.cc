#include "eval/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "eval/rescore.h"
#include "tests/base/temporary_folder.h"
#include "tests/runs/olmes_run.h"
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
  EXPECT_EQ(paper.average->value, 0.0);
  EXPECT_EQ(in_loop.average->value, 0.5);
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
  contents.tasks.push_back({.name = "sciq", .docs = 10});  // begun
  EXPECT_EQ(Rescore(contents, FindProfile("olmo")).tasks.size(), 1U);
  contents.docs.clear();
  EXPECT_THAT(ErrorOf([&] { Rescore(contents, FindProfile("olmo")); }), HasSubstr("the.ledger: no doc was scored"));
}

TEST(Results, LeaveOutACostThatIsNotDefined) {
  LedgerContents contents = MakeContents();
  ScoredDoc& doc = contents.docs["piqa"][0];
  doc.choices.at(static_cast<size_t>(doc.gold)) = MakeChoice(" ", {-2});
  const Results results = Rescore(contents, FindProfile("olmo"));
  EXPECT_THAT(ErrorOf([&] { results.tasks[0].Score(Metric::kCeLoss); }), HasSubstr("ce_loss is not defined"));
  EXPECT_NO_THROW(results.tasks[0].Score(Metric::kLenNorm));
  EXPECT_NO_THROW(Rescore(contents, FindProfile("olmo-in-loop-0.9")).tasks[0].Score(Metric::kCeLoss));
}

// Seven prompts of a question are no seven questions.
TEST(Results, OfSeveralPromptsHaveClusteredErrors) {
  const auto error = [](const std::string& name) {
    LedgerContents contents{.origin = "l", .header = MakeHeader()};
    contents.tasks = {{.name = name, .split = "validation", .data_set_size = 14, .docs = 14}};
    for (int i = 0; i < 14; ++i) {  // the first question is answered right, the second one wrong
      contents.docs[name][i] =
          MakeDoc(name, i, i < 7 ? 0 : 1, {MakeChoice(" a", {-2}), MakeChoice(" b", {-3})});
    }
    const Results results = Rescore(contents, FindProfile("olmo"));
    EXPECT_EQ(results.tasks[0].Score(Metric::kAcc).value, 0.5);
    EXPECT_EQ(results.tasks[0].centred->value, 0);
    EXPECT_EQ(2 * *results.tasks[0].Score(Metric::kAcc).standard_error,
              *results.tasks[0].centred->standard_error);
    return *results.tasks[0].Score(Metric::kAcc).standard_error;
  };
  EXPECT_DOUBLE_EQ(error("mmlu_stem_var"), 0.5);  // of two questions
  EXPECT_DOUBLE_EQ(error("mmlu_stem"), 0.5 / std::sqrt(13.0));
}

TEST(Results, HaveAnF1OfTasksThatStateIt) {
  LedgerContents contents = MakeContents();
  contents.docs["piqa"][0].gold = 0;  // predicted: 0 and 0
  contents.docs["piqa"][4].gold = 1;
  EXPECT_FALSE(
      Rescore(contents, FindProfile("olmo")).tasks[0].scores.at(static_cast<size_t>(Metric::kF1)).estimate);
  contents.tasks[0].metrics = MetricList{.reported = {Metric::kF1}, .primary = Metric::kF1};
  const Results results = Rescore(contents, FindProfile("olmo"));
  EXPECT_DOUBLE_EQ(results.tasks[0].Score(Metric::kF1).value, 2.0 / 3);
  EXPECT_DOUBLE_EQ(results.average->value, 2.0 / 3);
  contents.docs["piqa"][4].gold = 0;
  EXPECT_DOUBLE_EQ(*Rescore(contents, FindProfile("olmo")).tasks[0].chance, 2.0 / 3);  // 2 * 1 * 0.5 / 1.5
  EXPECT_FALSE(results.tasks[0].centred);
}

TEST(Results, CountTheBetterFormUnderOlmes) {
  LedgerContents contents = OlmesContents();
  const Results cloze = Rescore(contents, FindProfile("olmes"));
  ASSERT_EQ(cloze.best_forms.size(), 1u);
  EXPECT_EQ(cloze.best_forms[0].task, "arc_challenge");
  EXPECT_EQ(cloze.best_forms[0].best, Form::kCloze);
  EXPECT_EQ(cloze.tasks[0].Score(cloze.tasks[0].primary).value, 0.75);
  EXPECT_EQ(cloze.tasks[0].Score(Metric::kAcc).value, 0.25);
  EXPECT_THAT(cloze.Counted(), testing::ElementsAre(0, 1));
  EXPECT_EQ(cloze.average->value, (0.75 + 1) / 2);
  EXPECT_DOUBLE_EQ(*cloze.average->standard_error,
                   *cloze.tasks[0].Score(Metric::kAccMutualInfo).standard_error / 2);
  EXPECT_EQ(cloze.average_chance, 0.5);
  for (auto& [doc_id, doc] : contents.docs["arc_challenge/test_mc_5shot"]) {
    doc.choices[0].log_probs = {-1};
  }
  const Results letters = Rescore(contents, FindProfile("olmes"));
  EXPECT_EQ(letters.best_forms[0].best, Form::kLetters);
  EXPECT_THAT(letters.Counted(), testing::ElementsAre(1, 2));
  EXPECT_EQ(letters.average->value, 1);
}

TEST(Results, NeedUnconditionalScoresWhereTheProfileComparesWithThem) {
  LedgerContents contents = OlmesContents();
  for (ScoredChoice& choice : contents.docs["arc_challenge/test_rc_5shot"][2].choices) {
    choice.unconditional.reset();
  }
  EXPECT_THAT(ErrorOf([&] { Rescore(contents, FindProfile("olmes")); }),
              AllOf(HasSubstr("arc_challenge/test_rc_5shot"), HasSubstr("acc_mutual_info is not defined")));
}

}  // namespace
}  // namespace vffn
