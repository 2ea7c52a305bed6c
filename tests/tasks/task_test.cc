#include "tasks/task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

// The tasks of the paper come first, in its order. More tasks may follow.
TEST(Tasks, BeginWithTheEightOfThePaper) {
  std::vector<std::string> names;
  for (const Task& task : Tasks()) {
    names.emplace_back(task.facts.name);
  }
  ASSERT_GE(names.size(), 8);
  names.resize(8);
  EXPECT_THAT(names, testing::ElementsAre("piqa", "hellaswag", "openbookqa", "sciq", "arc_easy",
                                          "arc_challenge", "commonsense_qa", "winogrande"));
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
  EXPECT_THAT(
      MessageOf([] { FindTask("boolq"); }),
      testing::AllOf(testing::HasSubstr("no task \"boolq\""),
                     testing::HasSubstr("piqa, hellaswag, openbookqa (or openbook_qa) (or obqa), sciq")));
}

TEST(ChanceLevel, IsTheMeanOverDocs) {
  const std::vector<Example> examples = {{.choices = {{}, {}}}, {.choices = {{}, {}, {}, {}}}};
  EXPECT_DOUBLE_EQ(ChanceLevel(examples), 0.375);
  EXPECT_EQ(ChanceLevel({}), 0);
}

}  // namespace
}  // namespace vffn
