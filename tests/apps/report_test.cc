// vffn report on the logs of training runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "reports/figures/renderer.h"
#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kTrainingRuns = VFFN_TESTS_DIR "/testdata/training";

TEST(ReportTraining, PrintsTablesAndWritesThePage) {
  const TemporaryFolder folder;
  const ProgramRun run = RunProgram("report --training " + kTrainingRuns + "/dense " + kTrainingRuns +
                                    "/versatile --output " + (folder / "out").string());
  ASSERT_EQ(run.exit_code, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("Layers of versatile"));
  EXPECT_EQ(ReadJsonFile(folder / "out/training.json").size(), 2U);
  const std::string page = ReadFile(folder / "out/report.html");
  for (const char* section : {"training", "training-curves", "training-layers"}) {
    EXPECT_THAT(page, HasSubstr("<section id=\"" + std::string(section) + "\""));
  }
  if (HasRenderer()) {
    EXPECT_TRUE(std::filesystem::exists(folder / "out/figures/training-loops-versatile.pdf"));
  }
}

TEST(ReportTraining, GivesJson) {
  const ProgramRun run = RunProgram("report --training " + kTrainingRuns + "/moe --format json");
  ASSERT_EQ(run.exit_code, 0) << run.output;
  EXPECT_EQ(ParseJson(run.output, "stdout")["training"][0]["run"], "moe");
}

TEST(ReportTraining, SaysWhatIsMissing) {
  const ProgramRun nothing = RunProgram("report");
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_THAT(nothing.output, HasSubstr("give results of vffn eval, or runs of vffn train with --training"));
  const ProgramRun no_run = RunProgram("report --training nowhere");
  EXPECT_EQ(no_run.exit_code, 1);
  EXPECT_THAT(no_run.output, HasSubstr("nowhere/metrics.jsonl"));
}

TEST(ReportOfThePaper, ChoosesTablesScaleAndRowsInEveryFormat) {
  const std::string chosen = "report --only published --table 1,4a --scale 354M";
  const ProgramRun paper = RunProgram(chosen + " --style paper");
  ASSERT_EQ(paper.exit_code, 0) << paper.output;
  EXPECT_THAT(paper.output, HasSubstr("\\label{tab:table-1-354M}"));
  EXPECT_THAT(paper.output, HasSubstr("\\label{tab:table-4A-354M}"));
  EXPECT_THAT(paper.output, HasSubstr("\\textbf{52.33}"));
  for (const char* format : {"console", "markdown", "latex", "csv", "json"}) {
    const ProgramRun run = RunProgram(chosen + " --format " + format);
    ASSERT_EQ(run.exit_code, 0) << run.output;
    EXPECT_THAT(run.output, HasSubstr("52.33")) << format;        // Table 1, VersatileFFN
    EXPECT_THAT(run.output, HasSubstr("51.61")) << format;        // Table 4A
    EXPECT_THAT(run.output, Not(HasSubstr("57.03"))) << format;   // 720M
    EXPECT_THAT(run.output, Not(HasSubstr("377.49"))) << format;  // Table 2
  }
}

TEST(ReportOfThePaper, SaysWhatCannotBe) {
  const auto refused = [](const std::string& options) {
    const ProgramRun run = RunProgram("report --only published " + options);
    EXPECT_EQ(run.exit_code, 1) << options;
    return run.output;
  };
  EXPECT_THAT(refused("--table 7"), HasSubstr("--table is \"7\""));
  EXPECT_THAT(refused("--scale 345M"), HasSubstr("did you mean 354M?"));
  EXPECT_THAT(refused("--style paper --format csv"), HasSubstr("--style paper is LaTeX"));
  EXPECT_THAT(refused("--errors"), HasSubstr("--style paper"));
  EXPECT_THAT(refused("--output table.tex"),
              HasSubstr("for the tables alone write vffn report ... > table.tex"));
}

}  // namespace
}  // namespace vffn
