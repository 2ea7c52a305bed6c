// Prompts and choices of task files against those that lm-evaluation-harness makes (tests/golden/yaml_tasks).
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/line_file.h"
#include "tasks/yaml/yaml_rendering.h"

namespace vffn {
namespace {

const std::string kFolder = VFFN_TESTS_DIR "/golden/yaml_tasks/";

RenderedTask Rendered(const std::string& name) {
  return RenderYamlTask(ReadYamlTask(kFolder + "tasks/" + name + ".yaml"), kFolder + "data",
                        {.count = [](int64_t docs) { return docs; }});
}

void ExpectTexts(const Json& arguments, const Choice& choice) {
  EXPECT_EQ(choice.context, arguments[0].get<std::string>());
  EXPECT_EQ(choice.continuation, arguments[1].get<std::string>());
}

/// `requests`: the arguments of the harness's requests of one doc.
void ExpectDoc(const Json& requests, const Json& gold, const Example& example) {
  if (example.rolling) {
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(example.choices.at(0).continuation, requests[0][0].get<std::string>());
    EXPECT_EQ(example.choices[0].context, "");
    return;
  }
  ASSERT_EQ(example.choices.size() + example.unconditional.size(), requests.size());
  for (size_t i = 0; i < requests.size(); ++i) {
    ExpectTexts(requests[i], i < example.choices.size() ? example.choices[i]
                                                        : example.unconditional[i - example.choices.size()]);
  }
  if (gold.is_number()) {
    EXPECT_EQ(example.gold, gold.get<int>());
  }
}

TEST(YamlTasks, HaveTheHarnessPrompts) {
  LineFile file(kFolder + "prompts.json.gz");
  const Json golden = ParseJson(*file.Next(), "prompts.json.gz");
  size_t docs = 0;
  for (const Json& task : golden) {
    SCOPED_TRACE(task["task"]);
    const RenderedTask rendered = Rendered(task["task"]);
    ASSERT_EQ(rendered.examples.size(), task["docs"].size());
    EXPECT_EQ(rendered.metrics.reported.size(), task["metrics"].size());
    EXPECT_EQ(rendered.examples[0].rolling, task["output_type"] == "loglikelihood_rolling");
    for (size_t i = 0; i < rendered.examples.size(); ++i, ++docs) {
      SCOPED_TRACE(i);
      ExpectDoc(task["docs"][i], task["gold"][i], rendered.examples[i]);
    }
  }
  EXPECT_EQ(docs, 160U);
}

TEST(YamlTasks, CountTheAnswerWithoutTheDelimiter) {
  const RenderedTask task = Rendered("few_shots");
  for (const Choice& choice : task.examples[0].choices) {
    EXPECT_EQ(choice.delimiter, 1U);  // "\n"
    EXPECT_EQ(choice.continuation.front(), '\n');
  }
  EXPECT_EQ(task.shots, 3);
  EXPECT_EQ(Rendered("lambada_openai").examples[0].choices[0].delimiter, 0U);
}

TEST(YamlTasks, HashTheFilesThatTheyInclude) {
  EXPECT_NE(Rendered("few_shots").data_sha256, Rendered("mmlu_abstract_algebra").data_sha256);
  EXPECT_EQ(Rendered("few_shots").data_sha256, Rendered("few_shots").data_sha256);
}

}  // namespace
}  // namespace vffn
