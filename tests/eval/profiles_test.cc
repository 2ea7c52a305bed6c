#include "eval/profiles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

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
    for (const Task& task : Tasks()) {
      EXPECT_EQ(std::ranges::count(profile.tasks, task.facts.name, &TaskMetrics::task), 1) << profile.name;
    }
  }
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
              HasSubstr("choose one of olmo, olmo-in-loop-0.9, lm-eval"));
}

}  // namespace
}  // namespace vffn
