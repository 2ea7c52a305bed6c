#include "runs/task_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ParseTaskList, TakesBlanksAndPatterns) {
  EXPECT_THAT(ParseTaskList("piqa, arc_easy"), ElementsAre("piqa", "arc_easy"));
  EXPECT_THAT(ParseTaskList(" piqa ,\tcsqa, "), ElementsAre("piqa", "commonsense_qa"));
  EXPECT_THAT(ParseTaskList("piqa arc_easy"), ElementsAre("piqa", "arc_easy"));
  EXPECT_THAT(ParseTaskList("arc_*"), ElementsAre("arc_easy", "arc_challenge"));
  EXPECT_THAT(ParseTaskList("arc_*,piqa"), ElementsAre("arc_easy", "arc_challenge", "piqa"));
  EXPECT_THAT(ParseTaskList("arc_easy,arc_*"), ElementsAre("arc_easy", "arc_challenge"));
  EXPECT_THAT(ParseTaskList("arc_*,arc_easy"), ElementsAre("arc_easy", "arc_challenge"));
  EXPECT_THAT(ParseTaskList("?iqa"), ElementsAre("piqa"));
  EXPECT_EQ(ParseTaskList("*").size(), 8U);
  EXPECT_EQ(ParseTaskList("all").size(), 8U);
  EXPECT_THAT(ParseTaskList("oe:my requests/*.jsonl.gz, piqa"),
              ElementsAre("oe:my requests/*.jsonl.gz", "piqa"));
}

TEST(ParseTaskList, RefusesWhatItDoesNotKnow) {
  const auto message = [](const char* list) { return MessageOf([&] { ParseTaskList(list); }); };
  EXPECT_THAT(message("piqa,nope"), HasSubstr("there is no task \"nope\"; the tasks are"));
  EXPECT_THAT(message("mmlu_*"), HasSubstr("no task fits \"mmlu_*\"; 'vffn tasks' lists them"));
  EXPECT_THAT(message("piqa, piqa"), HasSubstr("task piqa is named twice"));
  EXPECT_THAT(message(" , "), HasSubstr("no task is named"));
  EXPECT_THAT(message(""), HasSubstr("no task is named"));
}

}  // namespace
}  // namespace vffn
