#include "runs/folders/named_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/runs/sample_run.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class NamedRunTest : public testing::Test {
 protected:
  /// A folder with a ledger of one doc, results, samples and a trace.
  fs::path MakeRun(const fs::path& name, bool trace = true) const {
    const fs::path folder = folder_.path() / name;
    fs::create_directories(folder / (trace ? "trace" : "."));
    Ledger ledger = Ledger::Open(folder / "ledger.jsonl", MakeHeader(), LedgerMode::kNew);
    ledger.BeginTask(MakeContents().tasks[0]);
    ledger.Append(MakeContents().docs.at("piqa").at(0));
    WriteFile(folder / "results_2026-01-01.json", "{}");
    WriteFile(folder / "samples_piqa_2026-01-01.jsonl", "{}\n");
    WriteFile(folder / "run.json", "{}");
    if (trace) {
      WriteFile(folder / "trace" / "part-00000.parquet", "PAR1");
    }
    return folder;
  }
  std::string Refusal(const fs::path& named, RunContent content = RunContent::kScores) const {
    return ErrorOf([&] { FindRun(named, content); });
  }

  TemporaryFolder folder_;
};

TEST_F(NamedRunTest, IsFoundByItsFolderAndItsFiles) {
  const fs::path run = MakeRun("run");
  const auto expect = [&](const fs::path& named, NamedKind kind) {
    for (const RunContent content : {RunContent::kScores, RunContent::kTrace}) {
      const NamedRun found = FindRun(named, content);
      EXPECT_EQ(found.kind, kind) << named;
      EXPECT_EQ(found.folder.path(), run) << named;
      EXPECT_EQ(found.trace, run / "trace") << named;
      EXPECT_EQ(found.named, named);
    }
  };
  expect(run, NamedKind::kFolder);
  expect(run / "", NamedKind::kFolder);
  expect(folder_.path(), NamedKind::kFolder);
  expect(run / "ledger.jsonl", NamedKind::kLedger);
  expect(run / "results_2026-01-01.json", NamedKind::kResults);
  expect(run / "samples_piqa_2026-01-01.jsonl", NamedKind::kSamples);
  expect(run / "run.json", NamedKind::kOther);
  expect(run / "trace", NamedKind::kTrace);
  expect(run / "trace" / "", NamedKind::kTrace);
  expect(run / "trace" / "part-00000.parquet", NamedKind::kTrace);
}

TEST_F(NamedRunTest, MayBeInTheFolderOfItsTrace) {
  const fs::path run = MakeRun("run", false);
  WriteFile(run / "part-00000.parquet", "PAR1");
  EXPECT_EQ(FindRun(run, RunContent::kScores).folder.path(), run);
  EXPECT_EQ(FindRun(run, RunContent::kTrace).trace, run);
}

TEST_F(NamedRunTest, MayHaveBytesThatAreNotUtf8) {
  const fs::path run = MakeRun(std::string("caf\xe9 \xff"));
  EXPECT_EQ(FindRun(run, RunContent::kScores).folder.path(), run);
  EXPECT_EQ(FindRun(folder_.path(), RunContent::kTrace).trace, run / "trace");
}

TEST_F(NamedRunTest, IsFoundInTheWorkingFolder) {
  const fs::path before = fs::current_path();
  fs::current_path(MakeRun("run"));
  EXPECT_EQ(FindRun(".", RunContent::kScores).folder.ledger(), "./ledger.jsonl");
  EXPECT_EQ(FindRun("ledger.jsonl", RunContent::kScores).folder.path(), ".");
  EXPECT_EQ(FindRun("trace", RunContent::kTrace).folder.path(), ".");
  fs::current_path("trace");
  EXPECT_EQ(FindRun("part-00000.parquet", RunContent::kTrace).folder.path(), "..");
  fs::current_path(before);
}

TEST_F(NamedRunTest, ListsSeveralRuns) {
  MakeRun("deep/a");
  MakeRun("b", false);
  fs::create_symlink(folder_ / "b", folder_ / "latest");
  EXPECT_THAT(Refusal(folder_.path()),
              AllOf(HasSubstr("there are several runs in it; name one of\n  "), HasSubstr("/b\n"),
                    HasSubstr("deep/a"), testing::Not(HasSubstr("latest"))));
  EXPECT_EQ(FindRun(folder_.path(), RunContent::kTrace).folder.path(), folder_ / "deep/a");
  EXPECT_EQ(FindRun(folder_ / "latest", RunContent::kScores).folder.path(), folder_ / "latest");
  fs::remove_all(folder_ / "deep");
  EXPECT_EQ(FindRun(folder_.path(), RunContent::kScores).folder.path(), folder_ / "b");
}

TEST_F(NamedRunTest, KnowsLossesByAllTheirFiles) {
  for (const char* name : {"losses.jsonl", "losses_loops=2.jsonl"}) {
    WriteFile(folder_ / name, "{\"vffn_losses\":2}\n{\"document\":0}\n");
  }
  WriteFile(folder_ / "loss_results_loops=2.json", "{}");
  WriteFile(folder_ / "token_losses.jsonl", "{}");
  const auto losses_of = [&](const char* name) { return FindRun(folder_ / name, RunContent::kLosses).named; };
  EXPECT_EQ(losses_of("losses.jsonl"), folder_ / "losses.jsonl");
  EXPECT_EQ(losses_of("loss_results_loops=2.json"), folder_ / "losses_loops=2.jsonl");
  EXPECT_EQ(losses_of("token_losses.jsonl"), folder_ / "losses.jsonl");
  EXPECT_EQ(FindRun(folder_.path(), RunContent::kLosses).kind, NamedKind::kFolder);
  EXPECT_THAT(Refusal(folder_.path()), HasSubstr("only losses of a text; 'vffn eval' scores tasks"));
}

TEST_F(NamedRunTest, SaysWhatWasFoundInstead) {
  const std::string scores = "'vffn eval' wrote (ledger.jsonl, results_*.json, samples_*.jsonl)";
  EXPECT_THAT(Refusal(folder_ / "none"), HasSubstr("none: there is no such file or folder"));
  EXPECT_THAT(Refusal(folder_.path()), AllOf(HasSubstr("the folder is empty"), HasSubstr(scores)));
  WriteFile(folder_ / "b.txt", "");
  fs::create_directory(folder_ / "a");
  EXPECT_THAT(Refusal(folder_.path()), HasSubstr("(found are a/, b.txt)"));
  EXPECT_THAT(Refusal(folder_ / "b.txt"), AllOf(HasSubstr("this is no file of a run"), HasSubstr(scores)));
  WriteFile(folder_ / "a" / "model.safetensors", "");
  const std::string checkpoint = "this is a checkpoint; 'vffn eval --model " + (folder_ / "a").string();
  EXPECT_THAT(Refusal(folder_ / "a"), HasSubstr(checkpoint + "' scores it"));
  EXPECT_THAT(Refusal(folder_ / "a" / ""), HasSubstr(checkpoint + "' scores it"));
  EXPECT_THAT(Refusal(folder_ / "a" / "model.safetensors"), HasSubstr("this is a checkpoint"));
  WriteFile(folder_ / "tables.json", "{}");
  EXPECT_THAT(Refusal(folder_.path()), HasSubstr("this is a report that vffn wrote"));
  WriteFile(folder_ / "metrics.jsonl", "");
  EXPECT_THAT(Refusal(folder_.path()), HasSubstr("'vffn report --training " + folder_.path().string()));
  EXPECT_FALSE(FindRunIfAny(folder_.path(), RunContent::kScores).has_value());
  EXPECT_FALSE(FindRunIfAny(folder_ / "none", RunContent::kScores).has_value());
}

TEST_F(NamedRunTest, SaysThatThereIsNoTrace) {
  const fs::path run = MakeRun("run", false);
  EXPECT_THAT(Refusal(run, RunContent::kTrace),
              HasSubstr("the run has no trace; 'vffn eval --trace " + (run / "trace").string()));
  fs::create_directory(run / "trace");
  EXPECT_THAT(Refusal(run, RunContent::kTrace), HasSubstr("the run has no trace"));
}

TEST_F(NamedRunTest, MayLieAboveATraceAlone) {
  fs::create_directory(folder_ / "mytrace");
  WriteFile(folder_ / "mytrace" / "part-00000.parquet", "PAR1");
  const NamedRun run = FindRun(folder_ / "mytrace", RunContent::kTrace);
  EXPECT_EQ(run.trace, folder_ / "mytrace");
  EXPECT_EQ(run.folder.path(), folder_.path());
  EXPECT_FALSE(run.folder.HasLedger());
}

}  // namespace
}  // namespace vffn
