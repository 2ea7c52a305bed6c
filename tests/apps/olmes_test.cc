// A run under the profile olmes from request files to the comparison, with a small random model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "eval/ledger.h"
#include "model/config_file.h"
#include "model/weights/checkpoint_writer.h"
#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"
#include "tests/model/random_checkpoint.h"
#include "tests/text/byte_tokenizer.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

constexpr int kDocs = 3;

std::string RequestLine(int64_t doc_id, int choice, const std::string& context, const std::string& text) {
  return Json{{"request_type", "loglikelihood"},
              {"doc", {{"id", doc_id}}},
              {"request", {{"context", context}, {"continuation", text}}},
              {"idx", choice},
              {"task_name", "arc_challenge"},
              {"doc_id", doc_id},
              {"native_id", std::to_string(doc_id)},
              {"label", doc_id % 2}}
             .dump() +
         "\n";
}

class Olmes : public testing::Test {
 protected:
  void SetUp() override {
    WriteFile(folder_ / "tokenizer.json", ByteTokenizer());
    ModelConfig config =
        ReadModelConfig(fs::path(VFFN_TESTS_DIR).parent_path() / "configs" / "tiny-versatile.json");
    config.max_sequence_length = 512;
    WriteCheckpoint(RandomCheckpoint(config), CheckpointFormat::kVffn, folder_ / "model",
                    {.companions = {folder_ / "tokenizer.json"}});
    const std::string shots = "Question: What is hot?\nAnswer: fire\n\n";
    std::string cloze, letters, unconditional;
    for (int doc = 0; doc < kDocs; ++doc) {
      const std::string question = shots + "Question: What is number " + std::to_string(doc) + "?\n";
      const std::vector<std::string> texts = {" a stone", " the wide sea " + std::to_string(doc)};
      for (int i = 0; i < 2; ++i) {
        cloze += RequestLine(doc, i, question + "Answer:", texts[i]);
        unconditional += RequestLine(1000000 + doc, i, "Answer:", texts[i]);
        letters += RequestLine(
            doc, i, question + " A." + texts[0] + "\n B." + texts[1] + "\nAnswer:", i == 0 ? " A" : " B");
      }
    }
    const fs::path tasks = folder_ / "data" / "oe_eval_tasks" / "arc_challenge";
    for (const auto& [name, text] : {std::pair("test_rc_5shot", cloze + unconditional), {"test_mc_5shot", letters}}) {
      fs::create_directories(tasks / name);
      WriteFile(tasks / name / "requests.jsonl", text);
      WriteFile(tasks / name / "config.json",
                R"({"task_config":{"primary_metric":"acc_per_char","num_shots":5,"split":"validation"}})");
    }
  }

  int Run(const std::string& arguments) {
    ProgramRun run = RunProgram(arguments, folder_.path());
    output_ = std::move(run.output);
    return run.exit_code;
  }

  int Eval(const std::string& output, const std::string& more) {
    return Run("eval --model model --data data --limit 3 --workers 2 --output_path " + output + " " + more);
  }

  Json ResultsOf(const std::string& output) const {
    for (const auto& entry : fs::directory_iterator(folder_ / output)) {
      if (entry.path().filename().string().starts_with("results_")) {
        return ReadJsonFile(entry.path());
      }
    }
    return {};
  }

  TemporaryFolder folder_;
  std::string output_;
};

TEST_F(Olmes, CountsTheBetterOfTwoForms) {
  ASSERT_EQ(Eval("out", "--profile olmes --tasks arc_challenge --log_samples"), 0) << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr("best of both: "), HasSubstr("biased upwards")));
  const LedgerContents ledger = ReadLedger(folder_ / "out" / "ledger.jsonl");
  double right = 0;
  for (const auto& [doc_id, doc] : ledger.docs.at("arc_challenge/test_rc_5shot")) {
    const auto gain = [&](size_t i) {
      return doc.choices[i].LogLikelihood() - doc.choices[i].unconditional->LogLikelihood();
    };
    right += (gain(1) > gain(0) ? 1 : 0) == doc.gold ? 1 : 0;
  }
  const Json ours = ResultsOf("out").at("vffn");
  const Json& tasks = ours.at("tasks");
  const double cloze = tasks["arc_challenge/test_rc_5shot"]["metrics"]["acc_mutual_info"]["value"];
  const double letters = tasks["arc_challenge/test_mc_5shot"]["metrics"]["acc"]["value"];
  EXPECT_DOUBLE_EQ(cloze, right / kDocs);
  EXPECT_EQ(tasks["arc_challenge/test_rc_5shot"]["shots"], 5);
  EXPECT_EQ(ours["best_of_both"]["arc_challenge"]["value"], std::max(cloze, letters));
  EXPECT_EQ(ours["average"]["value"], std::max(cloze, letters));
  EXPECT_EQ(ours["average"]["tasks"], 1);
}

#ifdef VFFN_WITH_ARROW
TEST_F(Olmes, TracesUnconditionalRequestsToo) {
  ASSERT_EQ(Eval("out", "--profile olmes --tasks arc_challenge --trace out/trace"), 0) << output_;
  EXPECT_EQ(Run("analyze loops --trace out/trace"), 0) << output_;
  WriteFile(folder_ / "out" / "run.json", R"({"name":"mine","row":"1:354M/VersatileFFN"})");
  ASSERT_EQ(Run("report out --output report --data data"), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("profile olmes: another protocol than the paper's (olmo), not compared"));
  EXPECT_TRUE(fs::exists(folder_ / "report" / "report.html")) << output_;
}
#endif

TEST_F(Olmes, GoesOnAfterATornLedger) {
  const std::string options = "--profile olmes --tasks arc_challenge";
  ASSERT_EQ(Eval("out", options), 0) << output_;
  const fs::path path = folder_ / "out" / "ledger.jsonl";
  const std::string whole = ReadFile(path);
  const Json best = ResultsOf("out").at("vffn").at("best_of_both");
  fs::remove_all(folder_ / "out");
  fs::create_directories(folder_ / "out");
  WriteFile(path, whole.substr(0, whole.find("unconditional", whole.size() / 2)));
  ASSERT_EQ(Eval("out", options + " --resume"), 0) << output_;
  EXPECT_EQ(ReadFile(path), whole);
  EXPECT_EQ(ResultsOf("out").at("vffn").at("best_of_both"), best);
}

TEST_F(Olmes, IsTheSameInSeveralProcesses) {
  const std::string options = "--profile olmes --tasks arc_challenge";
  ASSERT_EQ(Eval("one", options), 0) << output_;
  ASSERT_EQ(Eval("two", options + " --shard 0/2"), 0) << output_;
  ASSERT_EQ(Eval("two", options + " --shard 1/2"), 0) << output_;
  EXPECT_EQ(ReadFile(folder_ / "one" / "ledger.jsonl"), ReadFile(folder_ / "two" / "ledger.jsonl"));
  EXPECT_EQ(ResultsOf("one").at("vffn").at("best_of_both"), ResultsOf("two").at("vffn").at("best_of_both"));
}

TEST_F(Olmes, IsRescoredComparedAndKeptApart) {
  ASSERT_EQ(Eval("out", "--profile olmes --tasks arc_challenge"), 0) << output_;
  ASSERT_EQ(Run("rescore out/ledger.jsonl --profile olmes"), 0) << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr("acc_mutual_info"), HasSubstr("pmi_dc"), HasSubstr("best of both")));
  EXPECT_NE(Run("rescore out/ledger.jsonl --profile lm-eval"), 0);
  EXPECT_THAT(output_, HasSubstr("rendering olmes"));
  ASSERT_EQ(Eval("other", "--profile olmes --tasks arc_challenge --model_args loops=1"), 0) << output_;
  ASSERT_EQ(Run("compare out other"), 0) << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr("arc_challenge/test_rc_5shot"), HasSubstr("arc_challenge: best of both"),
                             HasSubstr("the better forms"), Not(HasSubstr("nan"))));
  EXPECT_NE(Eval("out", "--profile lm-eval --tasks arc_challenge/test_rc_5shot --resume"), 0);
  EXPECT_THAT(output_, HasSubstr("a run with other settings"));
  EXPECT_NE(Eval("third", "--profile olmes --tasks copa"), 0);
  EXPECT_THAT(output_, HasSubstr("five solved examples"));
}

}  // namespace
}  // namespace vffn
