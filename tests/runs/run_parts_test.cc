#include "runs/parts/run_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runs/scores/recorded_run.h"
#include "tests/base/temporary_folder.h"
#include "tests/runs/shared_run.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(RunParts, AreFoundByCountAndRank) {
  const TemporaryFolder folder;
  const RunParts parts{RunFolder(folder.path())};
  EXPECT_TRUE(parts.Find().empty());
  for (const Shard shard : {Shard{3, 16}, Shard{12345, 100000}, Shard{0, 16}}) {
    std::filesystem::create_directories(parts.Of(shard).folder.path());
  }
  std::filesystem::create_directories(folder / "parts/rank-1-of-2");  // not a name of ours
  const std::vector<RunPart> found = parts.Find();
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].shard, (Shard{0, 16}));
  EXPECT_EQ(found[1].shard, (Shard{3, 16}));
  EXPECT_EQ(found[1].folder.path(), folder / "parts/rank-00003-of-00016");
  EXPECT_EQ(found[2].shard, (Shard{12345, 100000}));
  EXPECT_THAT(ErrorOf([&] {
                parts.CheckCount({1, 16});
              }),
              AllOf(HasSubstr("100000 ranks share"), HasSubstr("rank 1 of 16")));
}

TEST(RunParts, AreMarkedWhenFinished) {
  const TemporaryFolder folder;
  const RunParts parts{RunFolder(folder.path())};
  std::filesystem::create_directories(parts.Of({0, 2}).folder.path());
  EXPECT_EQ(parts.CountMarked(2, kLedgerParts), 0);
  parts.Mark({0, 2}, kLedgerParts, true);
  parts.Mark({1, 2}, "losses_loops=2", true);
  EXPECT_TRUE(parts.IsMarked({0, 2}, kLedgerParts));
  EXPECT_EQ(parts.CountMarked(2, kLedgerParts), 1);
  EXPECT_EQ(parts.CountMarked(3, kLedgerParts), 0);
  EXPECT_EQ(parts.CountMarked(2, "losses_loops=2"), 1);
  parts.Mark({0, 2}, kLedgerParts, false);
  EXPECT_EQ(parts.CountMarked(2, kLedgerParts), 0);
}

TEST(CheckMerged, SaysHowManyPartsAreThere) {
  const TemporaryFolder folder;
  const RunFolder run(folder.path());
  CheckMerged(run);
  WriteSharedPart(run.path(), {0, 16}, MakePlan());
  WriteSharedPart(run.path(), {7, 16}, MakePlan());
  WriteSharedPart(run.path(), {8, 16}, MakePlan(), MakeHeader(), 1);
  const auto says = AllOf(HasSubstr("2 of 16 are finished"), HasSubstr("vffn merge " + run.path().string()));
  EXPECT_THAT(ErrorOf([&] { CheckMerged(run); }), says);
  EXPECT_THAT(ErrorOf([&] { RunFolder::Within(run.path()); }), says);
  EXPECT_THAT(ErrorOf([&] { ReadRun(run.path()); }), says);
  WriteFile(run.ledger(), "");
  CheckMerged(run);
}

TEST(PartRecord, ComesBackAsItWasWritten) {
  const TemporaryFolder folder;
  const RunPart part = WriteSharedPart(folder.path(), {1, 3}, MakePlan());
  PartRecord record = ReadPartRecord(part.record());
  EXPECT_GT(record.docs, 10);
  EXPECT_TRUE(record.finished());
  EXPECT_TRUE(record.run.run->info.scoring == WorkOf(record.docs));
  record.trace = "t";
  record.docs_scored = 7;
  record.tasks[0].task.metrics = {{Metric::kAccMutualInfo, Metric::kAcc}, Metric::kAccMutualInfo};
  record.tasks[0].task.shots = 5;
  WritePartRecord(folder / "copy.json", record);
  PartRecord copy = ReadPartRecord(folder / "copy.json");
  EXPECT_FALSE(copy.finished());
  copy.run.origin = record.run.origin;
  EXPECT_EQ(copy.run, record.run);
  EXPECT_EQ(copy.tasks, record.tasks);
  EXPECT_EQ(copy.trace, "t");
}

TEST(AddScoring, AddsCountsAndTakesTheFirstScore) {
  ScoringRecord sum;
  AddScoring(WorkOf(0), sum);  // a rank without docs scores nothing
  ScoringRecord more = WorkOf(5);
  more.seconds_to_first_score = 3;
  more.window_pairs = 4;
  more.tasks = {{"piqa", {.docs = 2, .trie_tokens = 7, .seconds = 0.25}},
                {"sciq", {.docs = 3, .trie_tokens = 9, .seconds = 0.75}}};
  AddScoring(more, sum);
  more.tasks.erase("piqa");
  more.seconds_to_first_score = 2;
  AddScoring(more, sum);
  EXPECT_EQ(sum.docs, 10);
  EXPECT_EQ(sum.head_rows, 30);
  EXPECT_EQ(sum.window_pairs, 8);
  EXPECT_EQ(sum.seconds_to_first_score, 2);
  EXPECT_EQ(sum.executed, WorkOf(10).executed);
  EXPECT_EQ(sum.tasks.at("piqa"), (TaskScoring{.docs = 2, .trie_tokens = 7, .seconds = 0.25}));
  EXPECT_EQ(sum.tasks.at("sciq"), (TaskScoring{.docs = 6, .trie_tokens = 18, .seconds = 1.5}));
}

}  // namespace
}  // namespace vffn
