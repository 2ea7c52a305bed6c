// Losses in vffn compare and vffn report, with the program itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const fs::path kGoldenFiles = fs::path(VFFN_TESTS_DIR) / "golden";

/// Two models with one tokenizer: that of the harness with random weights, and the same after some training.
class LossesOfRuns : public testing::Test {
 protected:
  void SetUp() override {
    fs::copy(kGoldenFiles / "harness/variants/plain", folder_ / "random");
    fs::copy(kGoldenFiles / "harness/model/model.safetensors", folder_ / "random");
    Measure("random", "a", "");
    Measure((kGoldenFiles / "loss/model.gguf").string(), "b", "");
  }

  void Measure(const std::string& model, const std::string& output, const std::string& options) {
    Succeed("loss --model " + model + " --tokenizer random --id_field id --output_path " + output +
            " --text " + (kGoldenFiles / "loss/documents.jsonl").string() + " " + options);
  }

  void Score(const std::string& model, const std::string& output) {
    Succeed("eval --model " + model + " --tokenizer random --tasks piqa --output_path " + output +
            " --data " + (kGoldenFiles / "harness/goldens/data").string());
  }

  std::string Succeed(const std::string& arguments) {
    const ProgramRun run = RunProgram(arguments, folder_.path());
    EXPECT_EQ(run.exit_code, 0) << arguments << "\n" << run.output;
    return run.output;
  }

  std::string Refused(const std::string& arguments) {
    const ProgramRun run = RunProgram(arguments, folder_.path());
    EXPECT_EQ(run.exit_code, 1) << arguments << "\n" << run.output;
    return run.output;
  }

  const std::string gguf_ = (kGoldenFiles / "loss/model.gguf").string();
  TemporaryFolder folder_;
};

TEST_F(LossesOfRuns, AreComparedAlone) {
  const std::string text = Succeed("compare a b --changed_documents documents.csv");
  EXPECT_THAT(
      text, AllOf(HasSubstr("Loss on text. A: a   B: b"), HasSubstr("nats a token"), HasSubstr("nats a word"),
                  HasSubstr("windows: rolling windows of 128 tokens"), Not(HasSubstr("piqa"))));
  const std::string csv = ReadFile(folder_ / "documents.csv");
  EXPECT_EQ(std::ranges::count(csv, '\n'), 24);  // a header, 23 documents
  EXPECT_THAT(csv, HasSubstr("a,b,documents.jsonl,19,long,"));
}

TEST_F(LossesOfRuns, AreASecondTableBesideThatOfTasks) {
  Score("random", "a");
  Score(gguf_, "b");
  const std::string text = Succeed("compare a b");
  EXPECT_LT(text.find("piqa"), text.find("Loss on text."));
  const Json json = Json::parse(Succeed("compare a b --format json 2>/dev/null"));
  EXPECT_EQ(json.at("comparisons").at(0).at("tasks").at(0).at("task"), "piqa");
  EXPECT_EQ(json.at("losses").at(0).at("losses").at(0).at("metric"), "nats_per_token");
  const std::string csv = Succeed("compare a b --format csv");
  EXPECT_THAT(csv, AllOf(HasSubstr("\na,b,piqa,"), HasSubstr("\na,b,loss,nats_per_token,23,")));
  EXPECT_EQ(csv.find("a_score"), csv.rfind("a_score"));  // one header
  // A file of losses has no tasks.
  EXPECT_THAT(Succeed("compare a b/losses.jsonl"), AllOf(HasSubstr("Loss on text."), Not(HasSubstr("piqa"))));
}

TEST_F(LossesOfRuns, AreRefusedInOtherWindows) {
  Measure(gguf_, "short", "--max_length 64");
  EXPECT_THAT(Refused("compare a short"),
              HasSubstr("window.length is 128 in a/losses.jsonl and 64 in short/losses.jsonl"));
  Measure(gguf_, "part", "--limit 5");
  EXPECT_THAT(Refused("compare a part"), HasSubstr("--common_docs"));
  EXPECT_THAT(Succeed("compare a part --common_docs"), HasSubstr("left out"));
}

TEST_F(LossesOfRuns, AreNotComparedWithScores) {
  Score("random", "scores");
  EXPECT_THAT(Refused("compare a scores"), HasSubstr("a has losses, which none of the other models has"));
  EXPECT_THAT(Refused("compare scores a"), HasSubstr("scores has scores of tasks, which none"));
  EXPECT_THAT(Refused("compare a b --changed x.csv"), HasSubstr("--changed_documents"));
}

TEST_F(LossesOfRuns, FillTheLossColumnOfAReport) {
  Score("random", "a");
  WriteFile(folder_ / "a/run.json", R"({"name": "ours", "row": "354M/4-Loop"})");
  const std::string text = Succeed("report a --output report");
  EXPECT_THAT(text,
              AllOf(HasSubstr("6.598 ~"), HasSubstr("incomparable"),
                    HasSubstr("published is a training loss on the paper's corpus (FineWeb-Edu); ours is of "
                              "documents.jsonl, 23 documents, 4,223 bytes, rolling windows of 128 tokens")));
  for (const char* file :
       {"tables.txt", "tables.md", "tables.tex", "tables.csv", "tables.json", "report.html"}) {
    const std::string written = ReadFile(folder_ / "report" / file);
    EXPECT_THAT(written, AllOf(HasSubstr("6.59"), HasSubstr("incomparable"))) << file;
    EXPECT_THAT(written, HasSubstr("FineWeb-Edu")) << file;
  }
  WriteFile(folder_ / "a/run.json", R"({"name": "ours", "row": "354M/4-Loop", "loss_text": "paper"})");
  EXPECT_THAT(Succeed("report a"), AllOf(HasSubstr("6.598 !"), HasSubstr("differs")));
}

TEST_F(LossesOfRuns, AreReportedUnderTheNamesOfOtherModels) {
  Score("random", "a");
  EXPECT_THAT(Succeed("report a"), AllOf(HasSubstr("loss, nats a token"), HasSubstr("6.598 ± 0.077"),
                                         HasSubstr("loss, bits a byte")));
}

TEST_F(LossesOfRuns, OfOtherWeightsThanTheScoresAreRefused) {
  Score(gguf_, "a");
  EXPECT_THAT(Refused("report a"), HasSubstr("the losses are of other weights than"));
}

}  // namespace
}  // namespace vffn
