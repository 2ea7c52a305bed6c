#include "tasks/task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

TEST(Tasks, AreTheEightOfThePaper) {
  std::vector<std::string> names;
  for (const Task& task : Tasks()) {
    names.emplace_back(task.facts.name);
    EXPECT_EQ(task.facts.group, "paper");
  }
  EXPECT_THAT(names, testing::ElementsAre("piqa", "hellaswag", "openbookqa", "sciq", "arc_easy",
                                          "arc_challenge", "commonsense_qa", "winogrande"));
}

TEST(FurtherTasks, HaveAllFactsAndNamesOfTheirOwn) {
  std::set<std::string_view> names;
  std::map<std::string_view, int> groups;
  for (const std::span<const Task> tasks : {Tasks(), FurtherTasks()}) {
    for (const Task& task : tasks) {
      EXPECT_TRUE(names.insert(task.facts.name).second) << task.facts.name;
      for (const std::string_view alias : task.facts.aliases) {
        EXPECT_TRUE(names.insert(alias).second) << alias;
      }
    }
  }
  for (const Task& task : FurtherTasks()) {
    const TaskFacts& facts = task.facts;
    ++groups[facts.group];
    EXPECT_FALSE(facts.licence.empty() || facts.source.empty() || facts.split.empty()) << facts.name;
    EXPECT_FALSE(facts.group.empty() || facts.group == "paper") << facts.name;
    EXPECT_NE(task.render_olmo == nullptr, task.render_prompts == nullptr) << facts.name;
    EXPECT_THAT(facts.reported, testing::Contains(facts.metric)) << facts.name;
    EXPECT_EQ(facts.chance == 0, facts.request_count == facts.doc_count) << facts.name;
  }
  EXPECT_GE(groups["in_loop"], 11);
  EXPECT_EQ(groups["mmlu"], 4);
  EXPECT_EQ(groups["mmlu_mc_5shot"], 4);
}

TEST(Tasks, HaveAllFacts) {
  std::set<std::string_view> names;
  for (const Task& task : Tasks()) {
    const TaskFacts& facts = task.facts;
    EXPECT_TRUE(names.insert(facts.name).second);
    for (const std::string_view alias : facts.aliases) {
      EXPECT_TRUE(names.insert(alias).second) << alias;
    }
    EXPECT_GT(facts.request_count, facts.doc_count);
    EXPECT_THAT(facts.metric, testing::AnyOf("acc", "len_norm"));
    EXPECT_FALSE(facts.licence.empty() || facts.source.empty() || facts.split.empty()) << facts.name;
    EXPECT_NE(task.render_olmo, nullptr);
    EXPECT_NE(task.render_lm_eval, nullptr);
  }
}

TEST(Tasks, AreFoundByNameOrAlias) {
  EXPECT_EQ(FindTask("openbookqa").facts.name, "openbookqa");
  EXPECT_EQ(FindTask("openbook_qa").facts.name, "openbookqa");
  EXPECT_EQ(FindTask("csqa").facts.name, "commonsense_qa");
  EXPECT_EQ(FindTask("cb").facts.name, "commitment_bank");
  EXPECT_EQ(FindTask("mmlu_other_val_mc_5shot_fast").facts.name, "mmlu_other_mc_5shot");
  EXPECT_EQ(TaskNamed("mmlu_stem_val_bpb_var"), nullptr);  // the other parts have it, this one has not
  EXPECT_THAT(MessageOf([] { FindTask("lambada"); }),
              testing::AllOf(testing::HasSubstr("no task \"lambada\""),
                             testing::HasSubstr("'vffn tasks --all' lists the names")));
  EXPECT_THAT(MessageOf([] { FindTask("hellaswagg"); }), testing::HasSubstr("did you mean hellaswag?"));
}

TEST(ChanceLevel, IsTheMeanOverDocs) {
  const std::vector<Example> examples = {{.choices = {{}, {}}}, {.choices = {{}, {}, {}, {}}}};
  EXPECT_DOUBLE_EQ(ChanceLevel(examples), 0.375);
  EXPECT_EQ(ChanceLevel({}), 0);
}

}  // namespace
}  // namespace vffn
