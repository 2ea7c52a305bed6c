// Evaluations of the further in-loop tasks compared with those of ai2-olmo-eval 0.9.0 (tests/golden/in_loop).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tasks/task.h"
#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"
#include "tests/tasks/in_loop_records.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

/// The small model of golden/harness with 512 positions, as golden/in_loop/make.py has it.
void MakeLongModel(const fs::path& folder) {
  const fs::path harness = fs::path(VFFN_TESTS_DIR) / "golden" / "harness";
  fs::copy(harness / "variants" / "bos", folder);
  fs::copy(harness / "model" / "model.safetensors", folder / "model.safetensors");
  Json config = ReadJsonFile(folder / "config.json");
  config["max_position_embeddings"] = 512;
  WriteFile(folder / "config.json", config.dump());
}

/// Our name of a score of the package; "v2" counts the blank before a choice, as the profile does.
std::optional<std::string> MetricNamed(std::string name, const std::string& metric_type) {
  constexpr std::string_view kEnd = "_v2";
  if (!name.ends_with(kEnd)) {
    return std::nullopt;
  }
  name.resize(name.size() - kEnd.size());
  if (name.starts_with("soft")) {
    return name + (metric_type == "len_norm" ? "_len_norm" : "");
  }
  return name == "bpb" ? "bits_per_byte" : name;
}

class InLoopScores : public testing::Test {
 protected:
  /// Evaluates tasks under the profile that has the package's rules.
  void Evaluate(const std::string& tasks) {
    MakeLongModel(folder_ / "model");
    WriteInLoopRecords(folder_ / "data");
    const ProgramRun done = RunProgram(
        "eval --model model --data data --output_path out --profile olmo-in-loop-0.9 --limit 20 "
        "--log_samples "
        "--tasks " +
            tasks,
        folder_.path());
    ASSERT_EQ(done.exit_code, 0) << done.output;
    for (const auto& entry : fs::directory_iterator(folder_ / "out")) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("results_")) {
        results_ = ReadJsonFile(entry.path()).at("vffn").at("tasks");
        date_ = entry.path().stem().string().substr(std::string("results_").size());
      }
    }
  }

  void ExpectLogLikelihoods(const std::string& task, const Json& golden) {
    const auto samples = ReadGzipJsonLines(folder_ / "out" / ("samples_" + task + "_" + date_ + ".jsonl"));
    ASSERT_EQ(samples.size(), golden.size());
    for (size_t doc = 0; doc < golden.size(); ++doc) {
      const Json& responses = samples[doc].at("filtered_resps");
      ASSERT_EQ(responses.size(), golden[doc].size()) << "doc " << doc;
      for (size_t choice = 0; choice < responses.size(); ++choice) {
        // float32 on both sides, sums over up to 200 tokens
        EXPECT_NEAR(responses[choice][0].get<double>(), golden[doc][choice].get<double>(), 1e-3)
            << "doc " << doc << ", choice " << choice;
      }
    }
  }

  void ExpectScores(const Json& ours, const Json& golden) {
    const auto metric_type = golden.at("metric").get<std::string>();
    int compared = 0;
    for (const auto& [name, value] : golden.at("scores").items()) {
      if (const auto metric = MetricNamed(name, metric_type)) {
        EXPECT_NEAR(ours.at("metrics").at(*metric).at("value").get<double>(), value.get<double>(), 1e-4)
            << name;
        ++compared;
      }
    }
    EXPECT_GE(compared, 1);
  }

  TemporaryFolder folder_;
  Json results_;
  std::string date_;
};

std::string NameOfLabel(const Json& golden) {
  return std::string(FindTask(golden.at("label").get<std::string>()).facts.name);
}

TEST_F(InLoopScores, AreThoseOfAi2OlmoEval) {
  const auto goldens = ReadGzipJsonLines(std::string(VFFN_TESTS_DIR) + "/golden/in_loop/scores.jsonl.gz");
  std::set<std::string> tasks;  // several labels may have one task
  std::string list;
  for (const Json& golden : goldens) {
    if (tasks.insert(NameOfLabel(golden)).second) {
      list += NameOfLabel(golden) + ",";
    }
  }
  EXPECT_EQ(tasks.size(), 59U);
  Evaluate(list);
  for (const Json& golden : goldens) {
    SCOPED_TRACE(golden.at("label"));
    const std::string task = NameOfLabel(golden);
    ExpectLogLikelihoods(task, golden.at("log_likelihoods"));
    ExpectScores(results_.at(task), golden);
  }
}

// Nothing is chosen where there is one continuation: no accuracy, not one of 100 %.
TEST_F(InLoopScores, OfRightAnswersAreNoAccuracies) {
  Evaluate("trivia_qa_wiki_ppl,mmlu_stem_bpb");
  for (const char* task : {"trivia_qa_wiki_ppl", "mmlu_stem_bpb"}) {
    EXPECT_TRUE(results_.at(task).at("metrics").at("acc").at("value").is_null());
    EXPECT_TRUE(results_.at(task).at("metrics").at("f1").at("value").is_null());
    EXPECT_TRUE(results_.at(task).at("metrics").at("ce_loss").at("value").is_number());
  }
}

TEST_F(InLoopScores, AreNotThoseOfLmEval) {
  MakeLongModel(folder_ / "model");
  WriteInLoopRecords(folder_ / "data");
  const ProgramRun done = RunProgram(
      "eval --model model --data data --output_path out --profile lm-eval --tasks copa", folder_.path());
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.output,
              testing::HasSubstr("copa: the program has the prompts of OLMo's in-loop evaluator"));
}

}  // namespace
}  // namespace vffn
