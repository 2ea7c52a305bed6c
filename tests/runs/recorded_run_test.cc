#include "runs/scores/recorded_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runs/ledger_facts.h"
#include "runs/scores/score_set.h"
#include "tests/base/temporary_folder.h"
#include "tests/runs/olmes_run.h"
#include "tests/runs/sample_run.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

void WriteLedger(const std::filesystem::path& path, const LedgerContents& contents) {
  Ledger ledger = Ledger::Open(path, contents.header, LedgerMode::kNew);
  for (const LedgerTask& task : contents.tasks) {
    ledger.BeginTask(task);
  }
  for (const auto& [task, docs] : contents.docs) {
    for (const auto& [id, doc] : docs) {
      ledger.Append(doc);
    }
  }
}

/// As MakeContents, with one more doc and the begin of another task.
LedgerContents MoreContents() {
  LedgerContents contents = MakeContents();
  contents.tasks[0].docs = 5;
  contents.docs["piqa"][7] = MakeDoc("piqa", 7, 0, {MakeChoice(" a", {-1}), MakeChoice(" b", {-2})});
  contents.tasks.push_back({.name = "sciq", .split = "validation", .data_set_size = 1000, .docs = 100});
  return contents;
}

class RecordedRunTest : public testing::Test {
 protected:
  std::filesystem::path WriteResults(const std::string& date, const LedgerContents& contents = MakeContents(),
                                     RunInfo info = MakeRunInfo(),
                                     const std::string& profile = "olmo") const {
    const std::filesystem::path path = RunFolder(folder_.path()).results(date);
    WriteResultsFile(
        path, MakeResultsFile(Rescore(contents, FindProfile(profile)), "models/m.gguf", std::move(info)));
    return path;
  }
  void WriteLedgerOf(const LedgerContents& contents = MakeContents()) const {
    WriteLedger(folder_ / "ledger.jsonl", contents);
  }
  RecordedRun Read() const { return ReadRun(folder_.path()); }

  TemporaryFolder folder_;
};

/// A fresh results file and the run that is read from the ledger are equal in every number.
void ExpectSameNumbers(const LedgerContents& contents, const std::string& profile) {
  const TemporaryFolder folder;
  WriteLedger(folder / "ledger.jsonl", contents);
  const std::filesystem::path path = RunFolder(folder.path()).results("2026-01-01");
  Results results = Rescore(contents, FindProfile(profile));
  results.tasks.front().task_hash = "hash of the texts";
  WriteResultsFile(path, MakeResultsFile(results, "models/m.gguf", MakeRunInfo()));
  RecordedRun run = ReadRun(folder.path());
  EXPECT_EQ(run.results.origin, (folder / "ledger.jsonl").string());
  EXPECT_THAT(run.file_notes, IsEmpty());
  run.results.origin = path.string();
  EXPECT_EQ(ToJson(run.results).dump(1), ToJson(ReadResultsFile(path)).dump(1));
  EXPECT_TRUE(run.results == ReadResultsFile(path));
}

TEST(ReadRun, GivesTheNumbersOfAFreshRun) {
  ExpectSameNumbers(MakeContents(), "olmo");
  ExpectSameNumbers(MakeContents(), "olmo-in-loop-0.9");
  ExpectSameNumbers(OlmesContents(), "olmes");
}

TEST_F(RecordedRunTest, NamesTheResultsThatTellTheProfile) {
  WriteLedgerOf();
  WriteResults("2026-01-01");
  WriteResults("2026-01-02", MakeContents(), MakeRunInfo(), "olmo-in-loop-0.9");
  const RecordedRun run = Read();
  EXPECT_EQ(run.results.run->profile, "olmo-in-loop-0.9");
  EXPECT_EQ(run.results.run->average->value, 0.5);  // under olmo it is 0
  EXPECT_THAT(run.file_notes,
              ElementsAre(HasSubstr("of 2 results files, the latest, results_2026-01-02.json")));
  EXPECT_EQ(ReadScoreSet(folder_.path().string(), {}).profile, "olmo-in-loop-0.9");
}

TEST_F(RecordedRunTest, TakesTheScoresOfALedgerThatWentOn) {
  WriteResults("2026-01-01");
  WriteLedgerOf(MoreContents());
  const RecordedRun run = Read();
  ASSERT_EQ(run.results.tasks.size(), 1U);
  EXPECT_EQ(run.results.tasks[0].docs, 3);
  EXPECT_EQ(run.results.tasks[0].missing, 2);
  EXPECT_EQ(run.results.tasks[0].task_hash, std::nullopt);  // of other docs
  EXPECT_EQ(run.results.run->info.model_args, "top_k=2,loops=3");
  EXPECT_THAT(run.file_notes,
              ElementsAre(AllOf(HasSubstr("ledger.jsonl, which has other docs than results_2026-01-01.json"),
                                HasSubstr("piqa 3 (2 there)"), HasSubstr("missing are 102 docs"),
                                HasSubstr("all of sciq"))));
  const ScoreSet scores = ReadScoreSet(folder_.path().string(), {});
  EXPECT_EQ(scores.summaries.at(0).questions, 3);
  EXPECT_THAT(scores.notes, testing::Contains(HasSubstr("piqa 3 (2 there)")));
}

TEST_F(RecordedRunTest, UsesNamedResultsAsTheyAre) {
  const std::filesystem::path path = WriteResults("2026-01-01");
  EXPECT_THAT(ReadRun(path).file_notes, ElementsAre(HasSubstr("there is no ledger.jsonl")));
  WriteLedgerOf(MoreContents());
  WriteResults("2026-01-02", MoreContents());
  const RecordedRun run = ReadRun(path);
  EXPECT_EQ(run.results, ReadResultsFile(path));
  EXPECT_TRUE(run.ledger.has_value());
  EXPECT_THAT(run.file_notes,
              ElementsAre(AllOf(HasSubstr("has other docs than"), HasSubstr("piqa 3 (2 there)"))));
  EXPECT_FALSE(ReadScoreSet(path.string(), {}).per_question());
  EXPECT_EQ(ReadRun(folder_ / "ledger.jsonl").results.tasks.at(0).docs, 3);
}

TEST_F(RecordedRunTest, ReadsAnInterruptedRun) {
  LedgerContents contents = MoreContents();
  contents.header.provenance = ProvenanceJson("models/m.gguf", "olmo-in-loop-0.9", MakeRunInfo());
  WriteLedgerOf(contents);
  const RecordedRun run = Read();
  EXPECT_EQ(run.results.model_name, "models/m.gguf");
  EXPECT_EQ(run.results.run->profile, "olmo-in-loop-0.9");
  const RunInfo& info = run.results.run->info;
  EXPECT_EQ(info.config, MakeRunInfo().config);
  EXPECT_GT(info.parameters, 0);
  EXPECT_TRUE(info.untrained);
  EXPECT_FALSE(info.scoring.has_value());
  EXPECT_THAT(run.file_notes, ElementsAre(AllOf(HasSubstr("there are no results_*.json"),
                                                HasSubstr("missing are 102 docs"))));
  EXPECT_TRUE(IsUntrainedRun(RunFolder(folder_.path())));
  EXPECT_THAT(ReadScoreSet(folder_.path().string(), {}).name, HasSubstr("[UNTRAINED]"));
}

// A program before that wrote the model's path alone into the ledger.
TEST_F(RecordedRunTest, ReadsAnOldLedgerAlone) {
  WriteLedgerOf();
  const RecordedRun run = Read();
  EXPECT_EQ(run.results.run->profile, "olmo");  // the first one that fits
  EXPECT_EQ(run.results.run->info.config, std::nullopt);
  EXPECT_EQ(run.results.model_name, "m.gguf");
  EXPECT_EQ(run.results.tasks.at(0).docs, 2);
}

TEST_F(RecordedRunTest, TakesTheWorkOfTheProcessThatScored) {
  WriteLedgerOf();
  WriteResults("2026-01-01");
  RunInfo info = MakeRunInfo();
  info.scoring = ScoringRecord{.workers = 7};
  info.limit = std::nullopt;
  WriteResults("2026-01-02", MakeContents(), info);
  const RecordedRun run = Read();
  EXPECT_EQ(run.results.run->info.scoring, MakeRunInfo().scoring);
  EXPECT_EQ(run.results.run->info.limit, std::nullopt);
  EXPECT_THAT(run.file_notes, testing::Contains(AllOf(HasSubstr("results_2026-01-01.json: tells FLOPs"))));
}

TEST_F(RecordedRunTest, RefusesResultsOfAnotherModel) {
  LedgerContents other = MakeContents();
  other.header.identity.model_sha256 = "another model";
  WriteLedgerOf();
  const std::filesystem::path path = WriteResults("2026-01-01", other);
  WriteResults("2026-01-02");
  const auto names_both = AllOf(HasSubstr((folder_ / "ledger.jsonl").string()), HasSubstr(path.string()),
                                HasSubstr("model: m.gguf (SHA-256 model) in the ledger, "),
                                HasSubstr("models/m.gguf (SHA-256 another mode) in the results"));
  EXPECT_THAT(ErrorOf([&] { Read(); }), names_both);
  EXPECT_THAT(ErrorOf([&] { ReadScoreSet(folder_.path().string(), {}); }), names_both);
  const RecordedRun run = ReadRun(path);
  EXPECT_FALSE(run.ledger.has_value());
  EXPECT_THAT(run.file_notes, ElementsAre(HasSubstr("is of another run than")));
  EXPECT_THAT(ReadRun(folder_ / "ledger.jsonl").file_notes,
              ElementsAre(HasSubstr("results_2026-01-01.json: is of another run and not used")));
}

TEST_F(RecordedRunTest, ReadsResultsWithoutALedger) {
  WriteFile(folder_ / "results_2026-01-01.json", "damaged, and older");
  const std::filesystem::path path = WriteResults("2026-01-02");
  const RecordedRun run = Read();
  EXPECT_EQ(run.results, ReadResultsFile(path));
  EXPECT_THAT(run.file_notes, ElementsAre(AllOf(HasSubstr("there is no ledger.jsonl"),
                                                HasSubstr("results_2026-01-02.json, the latest of 2"))));
  EXPECT_THAT(ReadScoreSet(folder_.path().string(), {}).notes,
              ElementsAre(HasSubstr("there is no ledger.jsonl")));
}

TEST_F(RecordedRunTest, CountsALedgerWithoutDocsAsAbsent) {
  LedgerContents contents = MakeContents();
  contents.docs.clear();
  WriteLedgerOf(contents);
  EXPECT_THAT(ErrorOf([&] { Read(); }),
              HasSubstr("its ledger.jsonl has no docs yet; 'vffn eval' scores them"));
  WriteResults("2026-01-01");
  EXPECT_THAT(Read().file_notes, testing::Contains(HasSubstr("has no docs and counts as absent")));
}

TEST_F(RecordedRunTest, LeavesResultsOfOtherProgramsAside) {
  WriteLedgerOf();
  WriteResults("2026-01-01");
  WriteFile(folder_ / "results_2026-01-02.json", R"({"results":{"piqa":{"acc,none":0.5}}})");
  const RecordedRun run = Read();
  EXPECT_EQ(run.results.run->info.limit, 2);
  EXPECT_THAT(run.file_notes, ElementsAre(HasSubstr("results_2026-01-02.json: is of another program")));
}

TEST_F(RecordedRunTest, NamesTheRunBelowAFolder) {
  std::filesystem::create_directories(folder_ / "a/run");
  WriteLedger(folder_ / "a/run/ledger.jsonl", MakeContents());
  WriteResultsFile(folder_ / "a/run/results_1.json", MakeResults());
  EXPECT_THAT(Read().file_notes,
              ElementsAre(folder_.path().string() + ": the run in it is " + (folder_ / "a/run").string()));
}

TEST_F(RecordedRunTest, NeedsScores) {
  WriteFile(folder_ / "samples_piqa_2026-01-01.jsonl", "");
  EXPECT_THAT(ErrorOf([&] { Read(); }),
              HasSubstr("there are sample files alone, which 'vffn compare' reads"));
  EXPECT_THAT(ErrorOf([&] { ReadRun(folder_ / "samples_piqa_2026-01-01.jsonl"); }),
              HasSubstr("sample files"));
}

}  // namespace
}  // namespace vffn
