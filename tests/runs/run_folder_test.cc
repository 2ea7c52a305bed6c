#include "runs/folders/run_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runs/scores/recorded_run.h"
#include "tests/base/temporary_folder.h"
#include "tests/runs/sample_run.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

TEST(RunFolder, NamesFilesAsTheHarnessDoes) {
  const RunFolder folder("out");
  const std::string date = DateId(1795361000.25);
  EXPECT_EQ(date, "2026-11-22T15-23-20.250000");
  EXPECT_EQ(folder.ledger(), "out/ledger.jsonl");
  EXPECT_EQ(folder.results(date), "out/results_2026-11-22T15-23-20.250000.json");
  EXPECT_EQ(folder.samples("piqa", date), "out/samples_piqa_2026-11-22T15-23-20.250000.jsonl");
  EXPECT_EQ(folder.samples("oe:a/b", date), "out/samples_oe__a__b_2026-11-22T15-23-20.250000.jsonl");
  EXPECT_EQ(TaskOfSamplesFile(folder.samples("arc_easy", date)), "arc_easy");
  EXPECT_THAT(ErrorOf([] { TaskOfSamplesFile("out/samples_.jsonl"); }), HasSubstr("its task is not known"));
}

TEST(RunFolder, IsThatOfAFile) {
  const TemporaryFolder temporary;
  EXPECT_EQ(RunFolder::Of(temporary.path()).path(), temporary.path());
  EXPECT_EQ(RunFolder::Of(temporary / "results_1.json").path(), temporary.path());
  EXPECT_EQ(RunFolder::Of("results_1.json").path(), ".");
}

TEST(RunFolder, FindsTheLatestFiles) {
  const TemporaryFolder temporary;
  const RunFolder folder(temporary.path());
  EXPECT_FALSE(folder.HasLedger() || folder.HasTrace() || folder.LatestResults());
  EXPECT_TRUE(folder.LatestSamples().empty());
  for (const char* name :
       {"results_2026-01-02.json", "results_2026-01-10.json", "results_2026-01-03.txt", "results_notes.json",
        "samples_piqa_2.jsonl", "samples_piqa_1.jsonl", "samples_arc_easy_1.jsonl", "ledger.jsonl"}) {
    WriteFile(temporary / name, "a line");
  }
  std::filesystem::create_directory(temporary / "trace");
  EXPECT_TRUE(folder.HasLedger() && folder.HasTrace());
  EXPECT_EQ(folder.LatestResults(), temporary / "results_2026-01-10.json");
  EXPECT_THAT(folder.ResultsFiles(), SizeIs(2));
  EXPECT_THAT(folder.LatestSamples(),
              ElementsAre(temporary / "samples_arc_easy_1.jsonl", temporary / "samples_piqa_2.jsonl"));
}

TEST(RecordedRun, IsReadWithItsNotes) {
  const TemporaryFolder folder;
  WriteResultsFile(RunFolder(folder.path()).results("1"), MakeResults());
  WriteFile(folder / "run.json", R"({"name": "mine", "loss": 2.5})");
  const RecordedRun run = ReadRun(folder.path());
  EXPECT_EQ(run.notes.name, "mine");
  EXPECT_EQ(run.notes.loss, 2.5);
  EXPECT_EQ(run.folder.path(), folder.path());
  WriteFile(folder / "results_2.json", "{");
  EXPECT_THAT(ErrorOf([&] { ReadRun(folder.path()); }), HasSubstr("results_2.json"));
}

TEST(RecordedRun, KnowsUntrainedModels) {
  const TemporaryFolder temporary;
  const RunFolder folder(temporary.path());
  const auto write = [&](const char* date, bool untrained) {
    RunInfo info = MakeRunInfo();
    info.untrained = untrained;
    WriteResultsFile(folder.results(date), MakeResults(MakeContents(), info));
  };
  WriteRunNotes(folder.notes(), {.untrained = true});
  EXPECT_FALSE(IsUntrainedRun(folder));  // not written by this program
  WriteRunNotes(folder.notes(), {});
  write("1", true);
  EXPECT_TRUE(IsUntrainedRun(folder));
  write("2", false);  // later
  EXPECT_FALSE(IsUntrainedRun(folder));
  WriteRunNotes(folder.notes(), {.untrained = true});
  EXPECT_TRUE(IsUntrainedRun(folder));
}

TEST(RunNotes, AreReadStrictly) {
  const TemporaryFolder folder;
  EXPECT_EQ(ReadRunNotes(folder / "run.json"), RunNotes());
  const RunNotes notes{.name = "n", .row = "none", .loss = 1.5, .paper_text = true, .untrained = true};
  WriteRunNotes(folder / "run.json", notes);
  EXPECT_EQ(ReadRunNotes(folder / "run.json"), notes);
  for (const char* text : {R"({"nome": "x"})", R"({"name": 1})", R"({"untrained": "yes"})", R"({"loss": -1})",
                           R"({"loss_text": "wiki"})", "[]"}) {
    WriteFile(folder / "run.json", text);
    EXPECT_THAT(ErrorOf([&] { ReadRunNotes(folder / "run.json"); }), HasSubstr("run.json: ")) << text;
  }
}

}  // namespace
}  // namespace vffn
