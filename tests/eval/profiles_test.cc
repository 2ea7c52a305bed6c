#include "eval/profiles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <span>

#include "eval/task_forms.h"
#include "tasks/task.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::HasSubstr;

TEST(Profiles, HaveThePapersMetricByDefault) {
  const Profile& olmo = Profiles()[0];
  EXPECT_EQ(olmo.name, "olmo");
  for (const char* task : {"piqa", "hellaswag", "openbookqa", "arc_challenge", "commonsense_qa"}) {
    EXPECT_EQ(olmo.ForTask(task).primary, Metric::kLenNorm) << task;
  }
  for (const char* task : {"sciq", "arc_easy", "winogrande"}) {
    EXPECT_EQ(olmo.ForTask(task).primary, Metric::kAcc) << task;
  }
  EXPECT_EQ(olmo.length_rule, LengthRule::kWithoutLeadingBlank);
  EXPECT_EQ(FindProfile("olmo-in-loop-0.9").length_rule, LengthRule::kWithLeadingBlank);
  EXPECT_EQ(FindProfile("lm-eval").encoding, Encoding::kJoint);
}

TEST(Profiles, ReportTheirPrimaryMetricAndHaveARowForAnyTask) {
  for (const Profile& profile : Profiles()) {
    EXPECT_EQ(profile.ForTask("a task of one's own"), profile.tasks.back().metrics) << profile.name;
    EXPECT_EQ(profile.tasks.back().task, "") << profile.name;
    for (const TaskMetrics& row : profile.tasks) {
      EXPECT_EQ(std::ranges::count(row.metrics.reported, row.metrics.primary), 1)
          << profile.name << " " << row.task;
    }
  }
}

TEST(Profiles, HaveTheMetricsOfTheHarness) {
  const Profile& profile = FindProfile("lm-eval");
  for (const char* task : {"piqa", "hellaswag", "openbookqa", "arc_challenge"}) {
    EXPECT_EQ(profile.ForTask(task).primary, Metric::kAccNorm) << task;
  }
  for (const char* task : {"sciq", "arc_easy"}) {
    EXPECT_EQ(profile.ForTask(task).primary, Metric::kAcc) << task;
    EXPECT_EQ(profile.ForTask(task).reported.size(), 2U) << task;
  }
  for (const char* task : {"commonsense_qa", "winogrande"}) {
    EXPECT_THAT(profile.ForTask(task).reported, testing::ElementsAre(Metric::kAcc)) << task;
  }
}

TEST(Profiles, HaveARowForEveryTask) {
  for (const Profile& profile : Profiles()) {
    for (const Task& task : profile.rendering == Rendering::kOlmes ? std::span<const Task>() : Tasks()) {
      EXPECT_EQ(std::ranges::count(profile.tasks, task.facts.name, &TaskMetrics::task), 1) << profile.name;
    }
  }
}

// Table 1 of arXiv 2406.08446, and acc_uncond, acc_per_char and acc_raw of oe-eval's task configurations.
TEST(Profiles, HaveTheNormalisationOfOlmes) {
  const Profile& olmes = FindProfile("olmes");
  const std::map<std::string, Metric> cloze = {{"arc_challenge", Metric::kAccMutualInfo},
                                               {"csqa", Metric::kAccMutualInfo},
                                               {"openbookqa", Metric::kAccMutualInfo},
                                               {"arc_easy", Metric::kLenNorm},
                                               {"hellaswag", Metric::kLenNorm},
                                               {"piqa", Metric::kLenNorm},
                                               {"socialiqa", Metric::kLenNorm},
                                               {"boolq", Metric::kAcc},
                                               {"winogrande", Metric::kAcc}};
  for (const auto& [task, metric] : cloze) {
    for (const std::string& file : {task + "/rc_5shot", FileOf(task, Form::kCloze)}) {
      EXPECT_TRUE(olmes.HasRow(file)) << file;
      EXPECT_EQ(olmes.ForTask(file).primary, metric) << file;
    }
    EXPECT_EQ(olmes.ForTask(FileOf(task, Form::kLetters)).primary, Metric::kAcc) << task;
  }
  EXPECT_EQ(olmes.tasks.size(), 2 * (cloze.size() + 3) + 1);
  EXPECT_FALSE(olmes.HasRow("arc_challenge"));
  EXPECT_FALSE(olmes.HasRow(""));
  EXPECT_EQ(olmes.length_rule, LengthRule::kWithLeadingBlank);
  EXPECT_FALSE(HoldsTokensOf(olmes, {.rendering = "lm-eval", .encoding = "joint"}));
  EXPECT_TRUE(HoldsTokensOf(olmes, {.rendering = "olmes", .encoding = "joint"}));
  EXPECT_FALSE(HoldsTokensOf(FindProfile("lm-eval"), {.rendering = "olmes", .encoding = "joint"}));
}

TEST(TaskForms, ArePairedUnderTheProfileThatCountsTheBetterOne) {
  const std::vector<std::string> tasks = {"a/mc_5shot", "b/rc_5shot", "a/rc_5shot", "c", "b/rc_0shot"};
  const std::vector<FormPair> pairs = PairForms(FindProfile("olmes"), tasks);
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].task, "a");
  EXPECT_EQ(pairs[0].PlaceOf(Form::kCloze), 2u);
  EXPECT_EQ(pairs[0].PlaceOf(Form::kLetters), 0u);
  EXPECT_TRUE(PairForms(FindProfile("olmo"), tasks).empty());
  EXPECT_EQ(FormOf("b/rc_5shot")->task, "b");
  EXPECT_EQ(FileOf("openbookqa", Form::kLetters), "openbookqa/test_mc_5shot");
  EXPECT_EQ(FormOf("openbookqa/test_mc_5shot")->task, "openbookqa");
  EXPECT_FALSE(FormOf("openbookqa/mc_5shot").has_value());  // validation
  EXPECT_FALSE(FormOf("/rc_5shot").has_value());
  EXPECT_FALSE(FormOf("b/rc_0shot").has_value());
  EXPECT_EQ(BetterForm(0.5, 0.5), Form::kCloze);
}

TEST(Profiles, HoldTheTokensOfTheirRenderingAndEncoding) {
  RunIdentity identity{.rendering = "olmo", .encoding = "separate"};
  EXPECT_TRUE(HoldsTokensOf(FindProfile("olmo"), identity));
  EXPECT_FALSE(HoldsTokensOf(FindProfile("lm-eval"), identity));
  identity.profiles = "olmo,another";
  EXPECT_TRUE(HoldsTokensOf(FindProfile("olmo"), identity));
  EXPECT_FALSE(HoldsTokensOf(FindProfile("olmo-in-loop-0.9"), identity));
  identity.special_tokens = "before [], after []";
  EXPECT_THAT(
      ErrorOf([&] { CheckHoldsTokensOf(FindProfile("olmo-in-loop-0.9"), identity, "l"); }),
      HasSubstr("l: profile olmo-in-loop-0.9 puts other special tokens around the texts than this ledger "
                "holds (before [], after [])"));
  identity.encoding = "joint";
  EXPECT_THAT(ErrorOf([&] { CheckHoldsTokensOf(FindProfile("olmo"), identity, "l"); }),
              HasSubstr("l: profile olmo scores other tokens"));
}

TEST(Profiles, AreListedWhenANameIsWrong) {
  EXPECT_THAT(ErrorOf([] { FindProfile("lmeval"); }),
              HasSubstr("did you mean lm-eval? Choose one of olmo, olmo-in-loop-0.9, lm-eval, olmes"));
}

}  // namespace
}  // namespace vffn
