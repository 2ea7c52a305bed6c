#include "runs/scores/scoring_time.h"

#include <gtest/gtest.h>

namespace vffn {
namespace {

Results ResultsOf(const std::vector<std::string>& tasks, int64_t docs) {
  Results results;
  for (const std::string& task : tasks) {
    results.tasks.push_back({.task = {.name = task}, .docs = docs});
  }
  return results;
}

TEST(ScoringTime, NamesTheTasksInTheirOrder) {
  const ScoringRecord scoring{
      .seconds_scoring = 133.25,
      .docs = 8,
      .tasks = {{"arc_easy", {.docs = 4, .seconds = 2.25}}, {"piqa", {.docs = 4, .seconds = 131}}}};
  EXPECT_EQ(ScoringTimeText(ResultsOf({"piqa", "arc_easy"}, 4), scoring),
            "scored in 133 s: piqa 131 s, arc_easy 2.2 s\n");
}

TEST(ScoringTime, IsALineWithoutTasksForOneTask) {
  const ScoringRecord scoring{
      .seconds_scoring = 2.5, .docs = 4, .tasks = {{"piqa", {.docs = 4, .seconds = 2.5}}}};
  EXPECT_EQ(ScoringTimeText(ResultsOf({"piqa"}, 4), scoring), "scored in 2.5 s\n");
}

TEST(ScoringTime, SaysHowManyDocsAResumedRunScored) {
  const ScoringRecord scoring{
      .seconds_scoring = 2, .docs = 3, .tasks = {{"sciq", {.docs = 3, .seconds = 2}}}};
  EXPECT_EQ(ScoringTimeText(ResultsOf({"piqa", "sciq"}, 4), scoring),
            "scored in 2.0 s (3 of 8 docs; the others were in the ledger): sciq 2.0 s\n");
  EXPECT_EQ(ScoringTimeText(ResultsOf({"piqa", "sciq"}, 4), {}), "");
}

TEST(ScoringTime, BreaksLongLines) {
  ScoringRecord scoring{.seconds_scoring = 20, .docs = 80};
  std::vector<std::string> tasks;
  for (int i = 0; i < 20; ++i) {
    tasks.push_back("task_" + std::to_string(10 + i));
    scoring.tasks[tasks.back()] = {.docs = 4, .seconds = 1};
  }
  const std::string text = ScoringTimeText(ResultsOf(tasks, 4), scoring);
  EXPECT_TRUE(text.starts_with("scored in 20.0 s: task_10 1.0 s, ")) << text;
  EXPECT_TRUE(text.ends_with(", task_29 1.0 s\n")) << text;
  size_t lines = 0;
  for (size_t begin = 0; begin < text.size(); ++lines) {
    const size_t end = text.find('\n', begin);
    EXPECT_LE(end - begin, 98U);
    EXPECT_TRUE(begin == 0 || text.substr(begin, 7) == "  task_") << text;
    begin = end + 1;
  }
  EXPECT_EQ(lines, 4U);
}

TEST(ScoringTime, NamesTheLongestOfManyTasks) {
  ScoringRecord scoring{.seconds_scoring = 200, .docs = 84};
  std::vector<std::string> tasks;
  for (int i = 0; i < 21; ++i) {
    tasks.push_back("task_" + std::to_string(10 + i));
    scoring.tasks[tasks.back()] = {.docs = 4, .seconds = 1.0 + i};
  }
  EXPECT_EQ(ScoringTimeText(ResultsOf(tasks, 4), scoring),
            "scored in 200 s; the longest: task_30 21.0 s, task_29 20.0 s, task_28 19.0 s, task_27 18.0 s,\n"
            "  task_26 17.0 s\n");
}

}  // namespace
}  // namespace vffn
