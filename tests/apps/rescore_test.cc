// vffn rescore, as a process, on a ledger written here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "reports/tables/csv.h"
#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"
#include "tests/runs/sample_run.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RescoreProgram : public testing::Test {
 protected:
  void SetUp() override {
    const LedgerContents contents = MakeContents();
    Ledger ledger = Ledger::Open(folder_ / "ledger.jsonl", contents.header, LedgerMode::kNew);
    ledger.BeginTask(contents.tasks.front());
    for (const auto& [doc_id, doc] : contents.docs.at("piqa")) {
      ledger.Append(doc);
    }
    ledger.Sync();
  }

  std::string Run(const std::string& arguments, int expected_code = 0) const {
    const ProgramRun run = RunProgram("rescore ledger.jsonl --profile olmo " + arguments, folder_.path());
    EXPECT_EQ(run.exit_code, expected_code) << arguments << '\n' << run.output;
    return run.output;
  }

  TemporaryFolder folder_;
};

TEST_F(RescoreProgram, PrintsCentredAccuracyProbabilityScoresAndCalibration) {
  const std::string output = Run("");
  EXPECT_THAT(output, AllOf(HasSubstr("centred"), HasSubstr("brier_len_norm"), HasSubstr("soft_log"),
                            HasSubstr("if calibrated"), HasSubstr("15 bins of equal width")));
  EXPECT_THAT(output, Not(HasSubstr("pmi_dc")));  // there are no unconditional requests
  EXPECT_THAT(Run("--bins 4 --binning mass --markdown"),
              AllOf(HasSubstr("4 bins of equal mass"), HasSubstr("ECE |")));
  EXPECT_THAT(Run("--bins 0", 1), HasSubstr("--bins"));
}

TEST_F(RescoreProgram, TakesAFolderAndItsFiles) {
  WriteResultsFile(folder_ / "results_2026-01-01.json", MakeResults());
  const auto output = [&](const std::string& arguments) {
    const ProgramRun run = RunProgram("rescore " + arguments, folder_.path());
    EXPECT_EQ(run.exit_code, 0) << arguments << '\n' << run.output;
    return run.output;
  };
  const std::string expected = output("ledger.jsonl --profile olmo");
  for (const char* named : {".", "./", "ledger.jsonl", "results_2026-01-01.json"}) {
    EXPECT_EQ(output(named), expected) << named;  // under the profile of the run
  }
  EXPECT_NE(output(". --profile olmo-in-loop-0.9"), expected);
  std::filesystem::remove(folder_ / "results_2026-01-01.json");
  EXPECT_THAT(output("."), HasSubstr("there are no results_*.json"));
}

TEST_F(RescoreProgram, SaysWhatIsThereInstead) {
  const auto refusal = [&](const std::string& name) {
    const ProgramRun run = RunProgram("rescore " + name, folder_.path());
    EXPECT_EQ(run.exit_code, 1);
    return run.output;
  };
  EXPECT_THAT(refusal("none"), HasSubstr("none: there is no such file or folder"));
  std::filesystem::create_directory(folder_ / "model");
  WriteFile(folder_ / "model" / "model.safetensors", "");
  EXPECT_THAT(refusal("model"), HasSubstr("this is a checkpoint; 'vffn eval --model model' scores it"));
  WriteResultsFile(folder_ / "model" / "results_1.json", MakeResults());
  EXPECT_THAT(refusal("model"), HasSubstr("model: there is no ledger.jsonl of the run"));
}

TEST_F(RescoreProgram, WritesCalibrationFiles) {
  Run("--calibration out --replicates 50 --seed 3");
  const CsvTable table = ParseCsv(ReadFile(folder_ / "out" / "calibration.csv"), "calibration.csv");
  ASSERT_EQ(table.rows.size(), 2);
  EXPECT_EQ(table.rows[0][2], "acc");
  EXPECT_EQ(table.rows[1][2], "len_norm");
  EXPECT_EQ(ReadJsonFile(folder_ / "out" / "calibration.json")[0]["docs"], 2);
  EXPECT_THAT(ReadFile(folder_ / "out" / "calibration_bins.tex"), HasSubstr("confidence"));
}

}  // namespace
}  // namespace vffn
