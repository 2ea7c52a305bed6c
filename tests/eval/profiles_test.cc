#include "eval/profiles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

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
    EXPECT_EQ(profile.ForTask("a task of one's own").task, "") << profile.name;
    for (const TaskMetrics& row : profile.tasks) {
      EXPECT_EQ(std::count(row.metrics.begin(), row.metrics.end(), row.primary), 1)
          << profile.name << " " << row.task;
    }
  }
}

TEST(Profiles, AreListedWhenANameIsWrong) {
  EXPECT_THAT(ErrorOf([] { FindProfile("lmeval"); }),
              HasSubstr("choose one of olmo, olmo-in-loop-0.9, lm-eval"));
}

}  // namespace
}  // namespace vffn
