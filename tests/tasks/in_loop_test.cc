// The further tasks of OLMo's in-loop evaluator: every prompt against ai2-olmo-eval
// (golden/in_loop/README.md).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/sha256.h"
#include "tasks/benchmark_reader.h"
#include "tests/tasks/in_loop_records.h"
#include "tests/tasks/message_of.h"
#include "tests/tasks/prompt_summary.h"
#include "tests/tasks/temporary_folder.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

std::vector<Json> InLoopPrompts() {
  return ReadGzipJsonLines(std::string(VFFN_TESTS_DIR) + "/golden/in_loop/prompts.jsonl.gz");
}

/// "bits_per_byte" for the package's "bpb".
std::string MetricOf(const Json& golden) {
  const auto name = golden.at("metric").get<std::string>();
  return name == "bpb" ? "bits_per_byte" : name;
}

void ExpectDoc(const Example& example, const Json& golden) {
  ASSERT_EQ(example.choices.size(), golden.at("continuations").size());
  EXPECT_EQ(example.gold, golden.at("gold"));
  for (size_t i = 0; i < example.choices.size(); ++i) {
    EXPECT_EQ(example.choices[i].context, golden.at("context"));
    EXPECT_EQ(example.choices[i].continuation, golden.at("continuations")[i]);
  }
}

TEST(FurtherTasks, HaveThePromptsOfTheirLabels) {
  const TemporaryFolder folder;
  WriteInLoopRecords(folder.path());
  std::set<std::string_view> named;
  for (const Json& golden : InLoopPrompts()) {
    SCOPED_TRACE(golden.at("label"));
    const Task& task = FindTask(golden.at("label").get<std::string>());
    const RenderedTask rendered = ReadBenchmark(task, folder.path());
    const std::vector<Example>& examples = rendered.examples;
    EXPECT_EQ(SummaryOf(examples), golden.at("fixtures"));
    ExpectDoc(examples.front(), golden.at("first")[0]);
    const Json& last = golden.at("last");
    for (size_t i = 0; i < last.size(); ++i) {
      ExpectDoc(examples.at(examples.size() - last.size() + i), last[i]);
    }
    for (size_t i = 0; i < examples.size(); ++i) {
      ASSERT_EQ(examples[i].doc_id, static_cast<int64_t>(i));
    }
    EXPECT_EQ(rendered.metrics.primary, MetricOf(golden));
    EXPECT_THAT(rendered.metrics.reported, testing::Contains(rendered.metrics.primary));
    EXPECT_EQ(rendered.data_set_size, static_cast<int64_t>(examples.size()));
    EXPECT_EQ(rendered.shots, task.facts.shots);
    named.insert(task.facts.name);
  }
  EXPECT_EQ(named.size(), 59U);
}

TEST(FurtherTasks, HaveTheFactsOfTheirData) {
  for (const Json& golden : InLoopPrompts()) {
    SCOPED_TRACE(golden.at("label"));
    const TaskFacts& facts = FindTask(golden.at("label").get<std::string>()).facts;
    EXPECT_EQ(facts.metric, MetricOf(golden));
    EXPECT_EQ(facts.doc_count, golden.at("all").at("docs"));
    EXPECT_EQ(facts.request_count, golden.at("all").at("requests"));
  }
}

/// Of guessing, for the metric of the task; 0 if there is nothing to guess.
double ChanceOf(const TaskFacts& facts, const std::vector<Example>& examples) {
  const double guessed = ChanceLevel(examples);
  if (facts.metric == "f1") {
    const auto first = std::ranges::count(examples, 0, &Example::gold);
    const double right = static_cast<double>(first) / static_cast<double>(examples.size());
    return 2 * right * guessed / (right + guessed);
  }
  return guessed < 1 ? guessed : 0;
}

TEST(FurtherTasks, OfTheRealDataHaveThePromptsOfTheirLabels) {
  const fs::path data_dir = fs::path(VFFN_SETUP_DIR) / "data";
  if (!fs::is_directory(data_dir / "hf_datasets")) {
    GTEST_SKIP() << "no task data in " << data_dir << "; run `make setup`";
  }
#ifndef VFFN_WITH_ARROW
  GTEST_SKIP() << "built without Arrow";
#endif
  std::set<std::string_view> done;
  for (const Json& golden : InLoopPrompts()) {
    const Task& task = FindTask(golden.at("label").get<std::string>());
    if (done.insert(task.facts.name).second) {
      const std::vector<Example> examples = ReadBenchmark(task, data_dir).examples;
      EXPECT_EQ(SummaryOf(examples), golden.at("all")) << task.facts.name;
      EXPECT_NEAR(ChanceOf(task.facts, examples), task.facts.chance, 1e-9) << task.facts.name;
    }
  }
}

TEST(FurtherTasks, KeepTheRecordOfEveryPrompt) {
  const TemporaryFolder folder;
  WriteInLoopRecords(folder.path());
  const RenderedTask task =
      ReadBenchmark(FindTask("mmlu_stem_var"), folder.path(), {.count = [](int64_t) { return 10; }});
  ASSERT_EQ(task.docs.size(), 10U);
  EXPECT_EQ(task.docs[0], task.docs[6]);
  EXPECT_NE(task.docs[6], task.docs[7]);
  EXPECT_EQ(task.docs[9].at("subject"), "astronomy");
  EXPECT_THAT(
      task.examples[8].choices[0].context,
      testing::StartsWith("The following are multiple choice questions (with answers) about astronomy:"));
}

// The solved docs decide the prompts, so they belong to what identifies the data.
TEST(FurtherTasks, HashTheDocsThatAreSolved) {
  const TemporaryFolder folder;
  WriteInLoopRecords(folder.path());
  const auto hash = [&](const char* task) {
    return ReadBenchmark(FindTask(task), folder.path()).data_sha256;
  };
  const std::string shots = hash("mmlu_stem_mc_5shot"), none = hash("mmlu_stem");
  const fs::path dev = folder.path() / "mmlu_no_train/astronomy/dev.jsonl";
  std::string bytes = Bytes(dev);
  folder.Write(dev.lexically_relative(folder.path()), bytes.replace(bytes.find(' '), 1, "  "));
  EXPECT_NE(hash("mmlu_stem_mc_5shot"), shots);
  EXPECT_EQ(hash("mmlu_stem"), none);
}

TEST(FurtherTasks, HaveNoPromptsOfLmEval) {
  const TemporaryFolder folder;
  EXPECT_THAT(
      MessageOf([&] { ReadBenchmark(FindTask("boolq"), folder.path(), {.prompts = PromptSource::kLmEval}); }),
      AllOf(HasSubstr("boolq: the program has the prompts of OLMo's in-loop evaluator"),
            HasSubstr("--tasks FILE.yaml")));
}

/// A data set of a few records of MMLU's shape in every subject of "other", but for one.
class MmluLayout : public testing::Test {
 protected:
  void SetUp() override {
    WriteInLoopRecords(folder_.path());
    fs::remove_all(folder_.path() / "mmlu_no_train/anatomy");
  }

  static std::string Records(const std::string& subject, int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text += Json({{"question", "q" + std::to_string(i)},
                    {"subject", subject},
                    {"choices", {"a", "b", "c", "d"}},
                    {"answer", i % 4}})
                  .dump() +
              "\n";
    }
    return text;
  }

  RenderedTask Read(const char* task) { return ReadBenchmark(FindTask(task), folder_.path()); }
  std::string Message(const char* task) {
    return MessageOf([&] { Read(task); });
  }

  TemporaryFolder folder_;
};

TEST_F(MmluLayout, NeedsEverySubject) {
  EXPECT_THAT(Message("mmlu_other"), HasSubstr("no data for task mmlu_other (split validation)"));
  EXPECT_THAT(Message("mmlu_other"), HasSubstr("anatomy"));
  EXPECT_EQ(Message("mmlu_stem"), "");
}

TEST_F(MmluLayout, IsFoundAsTheHubHasIt) {
  for (const char* place :
       {"cais/mmlu/anatomy/", "datasets--cais--mmlu/snapshots/abc/anatomy/", "anatomy/"}) {
    for (const char* split : {"dev", "validation", "test"}) {
      folder_.Write(std::string(place) + split + "-00000-of-00001.jsonl", Records("anatomy", 5));
    }
    EXPECT_EQ(Message("mmlu_other"), "") << place;
    EXPECT_EQ(Message("mmlu_other_mc_5shot_test"), "") << place;
    EXPECT_THAT(Read("mmlu_other_mc_5shot").examples.back().choices[0].context, HasSubstr("virology"));
    fs::remove_all(folder_.path() / place);
  }
}

// A file that is not named after a split may be scored; it is not taken for solved docs, too.
TEST_F(MmluLayout, KeepsSolvedDocsApart) {
  folder_.Write("anatomy.jsonl", Records("anatomy", 5));
  EXPECT_EQ(Message("mmlu_other"), "");
  EXPECT_THAT(Message("mmlu_other_mc_5shot"), HasSubstr("no data for task mmlu_other_mc_5shot (split dev)"));
  folder_.Write("anatomy-dev.jsonl", Records("anatomy", 4));
  EXPECT_THAT(Message("mmlu_other_mc_5shot"),
              AllOf(HasSubstr("anatomy.jsonl:1"), HasSubstr("of which the dev split has 4 docs")));
}

/// The message for a record of one field more than a good one has.
std::string MessageOfRecord(const char* task, Json record, const char* field, const Json& value) {
  record[field] = value;
  return MessageOf([&] { FindTask(task).render_olmo(Doc(record, 0, "x.jsonl:1")); });
}

TEST(FurtherTasks, RefuseBadRecords) {
  const Json copa = {
      {"premise", "P."}, {"choice1", "A"}, {"choice2", "B"}, {"question", "cause"}, {"label", 0}};
  EXPECT_EQ(MessageOfRecord("copa", copa, "label", 1), "");
  EXPECT_THAT(MessageOfRecord("copa", copa, "label", -1), HasSubstr("label names choice -1"));
  EXPECT_EQ(MessageOfRecord("copa", copa, "choice2", ""), "x.jsonl:1: choice2 is empty");
  const Json boolq = {{"passage", "p"}, {"question", "q"}, {"answer", true}};
  EXPECT_THAT(MessageOfRecord("boolq", boolq, "answer", "yes"), HasSubstr("x.jsonl:1: answer is \"yes\""));
  EXPECT_THAT(MessageOfRecord("natural_qs_open_ppl", {{"question", "q"}}, "answer", Json::array()),
              HasSubstr("answer has no answers"));
  EXPECT_THAT(MessageOfRecord("trivia_qa_wiki_ppl", {{"question", "q"}}, "answer", Json::object()),
              HasSubstr("value is missing"));
}

}  // namespace
}  // namespace vffn
