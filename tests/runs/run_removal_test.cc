#include "runs/folders/run_removal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/append_file.h"
#include "tests/base/temporary_folder.h"
#include "tests/runs/sample_run.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class RunRemovalTest : public testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text = "x") {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    WriteFile(path, text);
  }

  std::vector<std::string> Left() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (!entry.is_directory()) {
        names.push_back(entry.path().lexically_relative(folder_.path()).string());
      }
    }
    return names;
  }

  TemporaryFolder folder_;
};

TEST_F(RunRemovalTest, TakesOnlyWhatTheProgramWrote) {
  const RunFolder run(folder_ / "run");
  std::filesystem::create_directories(run.path());
  WriteResultsFile(run.results("2026-01-01"), MakeResults());
  Write("run/samples_piqa_2026-01-01.jsonl");
  Write("run/ledger.jsonl");
  Write("run/trace/part-00000.parquet");
  Write("run/trace/.lock");
  Write("run/trace.branches/piqa-0.safetensors");
  Write("run/parts/rank-00000-of-00002/ledger.jsonl");
  Write("run/parts/rank-00000-of-00002/part.json");
  Write("run/parts/rank-00000-of-00002.ledger.done");
  // of the user, and of other programs and commands:
  Write("run/results_2026-02-02.json", R"({"results": {}})");
  Write("run/samples_piqa_2026-02-02.jsonl");
  Write("run/notes.txt");
  Write("run/run.json", "{}");
  Write("run/losses.jsonl");
  Write("run/trace.branches/mine.safetensors");
  Write("elsewhere/table.parquet");
  const auto files = EvaluationFiles(run, folder_ / "elsewhere");
  EXPECT_EQ(files.back(), run.ledger()) << "a process that is killed before leaves a run that can be resumed";
  RemoveFiles(files, run.ledger());
  EXPECT_THAT(Left(), UnorderedElementsAre("run/results_2026-02-02.json", "run/samples_piqa_2026-02-02.jsonl",
                                           "run/notes.txt", "run/run.json", "run/losses.jsonl",
                                           "run/trace.branches/mine.safetensors", "elsewhere/table.parquet"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "run/parts"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "run/trace"));
}

TEST_F(RunRemovalTest, KnowsTheTraceUnderEveryName) {
  const RunFolder run(folder_ / "run");
  Write("disk/part-00000.parquet");
  Write("run/ledger.jsonl");
  std::filesystem::create_directory_symlink(folder_ / "disk", run.trace());
  const std::filesystem::path part = run.trace() / "part-00000.parquet";
  for (const std::filesystem::path& trace : {run.trace(), run.trace() / "", folder_ / "disk"}) {
    EXPECT_THAT(EvaluationFiles(run, trace), ElementsAre(part, run.ledger()));
  }
  EXPECT_THAT(RemoveFiles(EvaluationFiles(run, {}), run.ledger()), ElementsAre(part, run.ledger()));
  EXPECT_TRUE(std::filesystem::is_symlink(run.trace())) << "the next trace goes to the same disk";
}

TEST_F(RunRemovalTest, TakesOneMeasurementOfLosses) {
  const RunFolder run(folder_ / "run");
  for (const char* name :
       {"losses.jsonl", "losses_loops=2.jsonl", "loss_results_loops=2.json", "ledger.jsonl"}) {
    Write(std::string("run/") + name);
  }
  Write("run/loss_results.json", R"({"vffn_loss_results": 1})");
  Write("run/token_losses.jsonl", R"({"vffn_token_losses":1})");
  RemoveFiles(LossFilesOf(run, run.losses(""), {}), run.losses(""));
  EXPECT_THAT(Left(), UnorderedElementsAre("run/losses_loops=2.jsonl", "run/loss_results_loops=2.json",
                                           "run/ledger.jsonl"));
}

TEST_F(RunRemovalTest, LeavesFilesOfOthersBesideLosses) {
  const RunFolder run(folder_ / "run");
  Write("run/losses.jsonl");
  Write("run/loss_results.json", R"({"mine": 1})");
  Write("run/token_losses.jsonl", R"({"mine": 1})");
  EXPECT_THAT(LossFilesOf(run, run.losses(""), {}), ElementsAre(run.losses("")));
}

TEST_F(RunRemovalTest, RemovesNothingThatAnotherProcessWrites) {
  const RunFolder run(folder_ / "run");
  Write("run/ledger.jsonl");
  Write("run/trace/part-00000.parquet");
  const AppendFile lock(run.ledger());
  EXPECT_THAT(ErrorOf([&] { RemoveFiles(EvaluationFiles(run, {}), run.ledger()); }),
              HasSubstr("another run"));
  EXPECT_THAT(Left(), UnorderedElementsAre("run/ledger.jsonl", "run/trace/part-00000.parquet"));
}

}  // namespace
}  // namespace vffn
