// Evaluations of task files compared with those of lm-evaluation-harness 0.4.13 (tests/golden/yaml_tasks).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"
#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"
#include "tests/eval/gzip_lines.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

const fs::path kGolden = fs::path(VFFN_TESTS_DIR) / "golden" / "yaml_tasks";
const fs::path kModels = fs::path(VFFN_TESTS_DIR) / "golden" / "harness";

fs::path Newest(const fs::path& folder, const std::string& begin) {
  fs::path found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with(begin) && entry.path() > found) {
      found = entry.path();
    }
  }
  if (found.empty()) {
    throw std::runtime_error("no " + begin + "* in " + folder.string());
  }
  return found;
}

std::string PathOf(const std::string& task) { return (kGolden / "tasks" / (task + ".yaml")).string(); }

class TaskFileRuns : public testing::Test {
 protected:
  void SetUp() override {
    fs::copy(kModels / "variants" / "bos", folder_ / "model");
    fs::copy(kModels / "model" / "model.safetensors", folder_ / "model" / "model.safetensors");
  }

  ProgramRun Eval(const std::string& options) const {
    return RunProgram(
        "eval --model model --output_path out --data " + (kGolden / "data").string() + " " + options,
        folder_.path());
  }

  TemporaryFolder folder_;
};

/// What the program calls a metric of the harness.
std::string NameHere(const std::string& metric, const std::string& task) {
  return task == "lambada_openai" && metric == "acc" ? "greedy_match" : metric;
}

/// Names that benchmarks have get a prefix.
std::string LedgerName(const std::string& task) {
  return task == "piqa" || task == "boolq" ? "yaml:" + task : task;
}

void ExpectLikelihoods(const Json& golden, const fs::path& out, const std::string& task) {
  std::string in_names = task;
  if (const size_t colon = task.find(':'); colon != std::string::npos) {
    in_names.replace(colon, 1, "__");
  }
  const auto samples = ReadGzipJsonLines(Newest(out, "samples_" + in_names + "_").string());
  ASSERT_EQ(samples.size(), golden.size());
  for (size_t doc = 0; doc < samples.size(); ++doc) {
    const Json& ours = samples[doc].at("resps");
    for (size_t choice = 0; choice < ours.size(); ++choice) {
      // float32 on both sides; the longest text has 6 windows of 128 tokens
      EXPECT_NEAR(ours.at(choice).at(0).at(0).get<double>(), golden.at(doc).at(choice).get<double>(), 5e-3)
          << task << ", doc " << doc << ", choice " << choice;
    }
  }
}

TEST_F(TaskFileRuns, ScoreAsTheHarness) {
  const std::vector<Json> goldens = ReadGzipJsonLines((kGolden / "scores.json.gz").string()).at(0);
  std::string list;
  for (const Json& golden : goldens) {
    list += (list.empty() ? "" : ",") + PathOf(golden.at("task"));
  }
  const ProgramRun run = Eval("--profile lm-eval --log_samples --tasks " + list);
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const Json results = ReadJsonFile(Newest(folder_ / "out", "results_")).at("results");
  size_t scores = 0;
  for (const Json& golden : goldens) {
    const std::string task = golden.at("task");
    const Json& ours = results.at(LedgerName(task));
    for (const auto& [metric, value] : golden.at("scores").items()) {
      const double expected = value.get<double>();
      EXPECT_NEAR(ours.at(NameHere(metric, task) + ",none").get<double>(), expected,
                  1e-4 * std::max(1.0, expected))
          << task << " " << metric;
      ++scores;
    }
    ExpectLikelihoods(golden.at("likelihoods"), folder_ / "out", LedgerName(task));
  }
  EXPECT_EQ(scores, 15U);
}

TEST_F(TaskFileRuns, AreRescoredComparedAndResumed) {
  const std::string tasks =
      "--profile lm-eval --tasks " + PathOf("rolling_lambada") + "," + PathOf("few_shots");
  ASSERT_EQ(Eval(tasks + " --trace trace").exit_code, 0);
  const ProgramRun resumed = Eval(tasks + " --resume");
  EXPECT_EQ(resumed.exit_code, 0) << resumed.output;
  EXPECT_THAT(resumed.output, AllOf(HasSubstr("rolling_lambada"), HasSubstr("few_shots")));
  const ProgramRun rescored = RunProgram("rescore out/ledger.jsonl --profile lm-eval", folder_.path());
  EXPECT_EQ(rescored.exit_code, 0) << rescored.output;
  EXPECT_THAT(rescored.output, HasSubstr("word_perplexity"));
  const ProgramRun compared = RunProgram("compare out out", folder_.path());
  EXPECT_EQ(compared.exit_code, 0) << compared.output;
  EXPECT_THAT(compared.output, HasSubstr("few_shots"));
}

TEST_F(TaskFileRuns, AreNamedInAFolder) {
  const std::string folder = "--include_path " + (kGolden / "tasks").string();
  const ProgramRun run = Eval(folder + " --profile lm-eval --limit 1 --tasks contexts,pile_arxiv,ai2_arc");
  EXPECT_EQ(run.exit_code, 0) << run.output;
  EXPECT_THAT(run.output, AllOf(HasSubstr("contexts"), HasSubstr("pile_arxiv"), HasSubstr("yaml:arc_easy")));
  EXPECT_THAT(RunProgram("tasks fixed_samples " + folder, folder_.path()).output,
              testing::ContainsRegex("fixed_samples +- +- +-"));  // docs, shots and chance are not known
}

TEST_F(TaskFileRuns, NeedTheProfileOfTheHarness) {
  const ProgramRun run = Eval("--profile olmo --tasks " + PathOf("contexts"));
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.output, AllOf(HasSubstr("task contexts"), HasSubstr("give --profile lm-eval")));
}

}  // namespace
}  // namespace vffn
