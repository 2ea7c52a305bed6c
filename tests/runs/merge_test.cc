#include "runs/parts/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runs/parts/trace_merge.h"
#include "tests/base/temporary_folder.h"
#include "tests/runs/shared_run.h"
#include "tests/trace/random_trace.h"
#include "trace/trace_reader.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Merge : public testing::Test {
 protected:
  void WriteParts(int count, const std::vector<int>& without = {}) {
    for (int rank = 0; rank < count; ++rank) {
      if (std::ranges::find(without, rank) == without.end()) {
        WriteSharedPart(run_, {.rank = rank, .count = count}, plan_);
      }
    }
  }

  RunPart Part(int rank, int count) const {
    return RunParts(RunFolder(run_)).Of({.rank = rank, .count = count});
  }

  std::optional<MergedRun> Run() const { return MergeRun({.folders = {run_}, .output = run_}); }
  std::string Error() const {
    return ErrorOf([&] { Run(); });
  }

  /// What one process writes: ledger, results, samples.
  void RunAlone() {
    std::filesystem::create_directories(alone_);
    const RunFolder folder(alone_);
    Ledger ledger = Ledger::Open(folder.ledger(), MakeHeader(), LedgerMode::kNew);
    FakeScorer scorer;
    SilentProgress progress;
    const Results results = Evaluate(plan_, scorer, ledger, progress);
    WriteResultsFile(folder.results("date"), MakeResultsFile(results, "m.gguf", SharedInfo(60, 100)));
    for (const TaskRun& task : plan_.tasks) {
      WriteSamplesFile(folder.samples(task.name, "date"),
                       MakeSamplesFile(*plan_.profile, task, ledger.contents()));
    }
  }

  void ExpectLikeAlone(const std::filesystem::path& merged) {
    const RunFolder one(alone_), joined(merged);
    EXPECT_EQ(ReadFile(joined.ledger()), ReadFile(one.ledger()));
    const auto samples = joined.LatestSamples();
    ASSERT_EQ(samples.size(), 2U);
    for (size_t i = 0; i < samples.size(); ++i) {
      EXPECT_EQ(ReadFile(samples[i]), ReadFile(one.LatestSamples()[i]));
    }
    ResultsFile results = ReadResultsFile(*joined.LatestResults());
    const ResultsFile expected = ReadResultsFile(*one.LatestResults());
    RunInfo& info = results.run->info;
    const RunInfo& of_one = expected.run->info;
    info.elapsed_seconds = of_one.elapsed_seconds;
    info.scoring->workers = of_one.scoring->workers;
    info.scoring->seconds_scoring = of_one.scoring->seconds_scoring;
    EXPECT_EQ(ToJson(results).dump(1), ToJson(expected).dump(1));
  }

  TemporaryFolder folder_;
  std::filesystem::path run_ = folder_ / "run", alone_ = folder_ / "alone";
  EvaluationPlan plan_ = MakePlan();
};

TEST_F(Merge, WritesWhatOneProcessWrites) {
  RunAlone();
  for (const int count : {1, 2, 3, 7, 100}) {  // there are 60 docs
    run_ = folder_ / std::to_string(count);
    WriteParts(count);
    ASSERT_TRUE(Run().has_value());
    ExpectLikeAlone(run_);
    const ResultsFile results = ReadResultsFile(*RunFolder(run_).LatestResults());
    EXPECT_EQ(results.run->info.scoring->workers, 2 * count);
    EXPECT_EQ(results.run->info.scoring->seconds_scoring, count);
    EXPECT_EQ(results.run->info.elapsed_seconds, 110 + count - 1);
  }
}

TEST_F(Merge, WritesTheSameFilesAgain) {
  WriteParts(3);
  Run();
  const auto files = [&] {
    std::map<std::string, std::string> contents;
    for (const auto& entry : std::filesystem::directory_iterator(run_)) {
      if (entry.is_regular_file()) {
        contents[entry.path().filename().string()] = ReadFile(entry.path());
      }
    }
    return contents;
  };
  const auto first = files();
  std::filesystem::remove(RunFolder(run_).ledger());  // as after a crash: it is written last
  Run();
  EXPECT_EQ(files(), first);
  Run();
  EXPECT_EQ(files(), first);
}

TEST_F(Merge, TakesPartsFromSeveralFolders) {
  RunAlone();
  MergeOptions options{.output = folder_ / "joined"};
  for (int rank = 0; rank < 3; ++rank) {
    options.folders.push_back(folder_ / std::to_string(rank));
    WriteSharedPart(options.folders.back(), {.rank = rank, .count = 3}, plan_);
  }
  options.folders[1] /= kPartsFolder;
  options.folders[2] /= "parts/rank-00002-of-00003";
  MergeRun(options);
  ExpectLikeAlone(options.output);
}

TEST_F(Merge, NamesMissingRanks) {
  WriteParts(9, {2, 4, 5, 6, 8});
  EXPECT_THAT(Error(), HasSubstr("ranks 2, 4-6, 8 of 9 are missing; run each (--shard 2/9)"));
  EXPECT_FALSE(RunFolder(run_).HasLedger());
}

TEST_F(Merge, NamesPartsThatAreNotFinished) {
  WriteParts(3, {0, 1});
  WriteSharedPart(run_, {.rank = 0, .count = 3}, plan_, MakeHeader(), 5);
  std::filesystem::create_directories(Part(1, 3).folder.path());
  WriteFile(Part(1, 3).folder.ledger(), FormatRow(MakeHeader()) + "\n");
  EXPECT_THAT(Error(), AllOf(HasSubstr("rank-00000-of-00003: 5 of 20 docs are scored; run rank 0 again "
                                       "(--shard 0/3 --resume)"),
                             HasSubstr("rank-00001-of-00003: nothing is finished; run rank 1 again")));
}

TEST_F(Merge, NamesPartsThatAreDamaged) {
  WriteParts(4);
  const auto cut = [&](int rank, size_t bytes) {
    const std::filesystem::path path = Part(rank, 4).folder.ledger();
    const std::string text = ReadFile(path);
    WriteFile(path, text.substr(0, text.size() - bytes));
  };
  cut(0, 30);
  std::string text = ReadFile(Part(1, 4).folder.ledger());
  WriteFile(Part(1, 4).folder.ledger(), text.replace(text.size() - 20, 1, "}"));
  WriteFile(Part(2, 4).record(), ReadFile(Part(2, 4).record()).substr(0, 100));
  EXPECT_THAT(Error(), AllOf(HasSubstr("rank-00002-of-00004"), HasSubstr("not valid JSON"),
                             HasSubstr("remove this folder and run rank 2 again (--shard 2/4)")));
  std::filesystem::copy_file(Part(3, 4).record(), Part(2, 4).record(),
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(Error(), HasSubstr("rank-00002-of-00004: was rank 3/4 when it was written"));
  std::filesystem::remove_all(Part(2, 4).folder.path());
  WriteSharedPart(run_, {.rank = 2, .count = 4}, plan_);
  EXPECT_THAT(Error(), AllOf(HasSubstr("rank-00000-of-00004: the ledger has"), HasSubstr("bytes of"),
                             HasSubstr("run rank 0 again (--shard 0/4)"), HasSubstr("rank-00001-of-00004"),
                             Not(HasSubstr("rank-00003"))));
}

TEST_F(Merge, NamesPartsOfOtherRuns) {
  WriteParts(3, {1, 2});
  LedgerHeader other = MakeHeader();
  other.identity.dtype = "bfloat16";
  WriteSharedPart(run_, {.rank = 1, .count = 3}, plan_, other);
  WriteSharedPart(run_, {.rank = 2, .count = 3}, MakePlan(38));
  EXPECT_THAT(Error(), AllOf(HasSubstr("rank-00001-of-00003: is of another run"),
                             HasSubstr("dtype is bfloat16 instead of float32"),
                             HasSubstr("rank-00002-of-00003: is of another run"), HasSubstr("other docs")));
}

TEST_F(Merge, NamesPartsThatOverlap) {
  WriteParts(2);
  WriteSharedPart(folder_ / "other", {.rank = 1, .count = 2}, plan_);
  EXPECT_THAT(ErrorOf([&] {
                MergeRun({.folders = {run_, folder_ / "other"}, .output = folder_ / "o"});
              }),
              AllOf(HasSubstr("rank 1 of 2 is in two places"), HasSubstr("other/parts/rank-00001-of-00002")));
  WriteSharedPart(run_, {.rank = 0, .count = 3}, plan_);
  EXPECT_THAT(Error(), AllOf(HasSubstr("a run that 2 ranks share"), HasSubstr("3 ranks share")));
}

TEST_F(Merge, NamesADocThatTwoPartsHave) {
  WriteParts(2);
  const LedgerContents ledger = ReadLedger(Part(0, 2).folder.ledger());
  std::string text = ReadFile(Part(1, 2).folder.ledger());
  text += FormatRow(ledger.docs.at("piqa").begin()->second) + "\n";
  WriteFile(Part(1, 2).folder.ledger(), text);
  EXPECT_THAT(Error(), AllOf(HasSubstr("rank-00001-of-00002"), HasSubstr("is in another part, too")));
}

TEST_F(Merge, LeavesALedgerOfAnotherRunAlone) {
  WriteParts(2);
  const std::string another = ReadFile(Part(0, 2).folder.ledger());
  WriteFile(run_ / "ledger.jsonl", another);
  EXPECT_THAT(Error(), HasSubstr("there is a ledger already"));
  EXPECT_EQ(ReadFile(run_ / "ledger.jsonl"), another);
}

TEST_F(Merge, IsDoneByOneProcess) {
  WriteParts(2);
  auto lock = LockForMerging(run_);
  EXPECT_FALSE(Run().has_value());
  lock.reset();
  EXPECT_TRUE(Run().has_value());
}

TEST_F(Merge, RefusesAFolderWithoutParts) {
  EXPECT_THAT(Error(), HasSubstr("there are no parts of a run in it"));
  EXPECT_THAT(ErrorOf([&] { PartsIn(folder_ / "nowhere"); }), HasSubstr("there is no such folder"));
}

// Traces
// -----------------------------------------------------------------------------------------------------

class MergeTrace : public testing::Test {
 protected:
  TraceWriter Writer(const std::filesystem::path& path, int64_t rows_in_group) const {
    return {path, header_, RandomPiece, {.rows_in_group = rows_in_group}};
  }

  void SetUp() override {
    TraceWriter one = Writer(folder_ / "one", 1 << 16);
    for (int i = 0; i < 50; ++i) {
      docs_.emplace_back(i < 30 ? "piqa" : "arc_easy", i % 30);
      one.Write(Doc(docs_.back()));
    }
    one.Finish();
    for (int part = 0; part < 4; ++part) {  // the last one has no docs
      parts_.push_back(folder_ / std::to_string(part));
      TraceWriter writer = Writer(parts_.back(), 200);
      for (size_t i = docs_.size(); part < 3 && i-- > 0;) {  // any order
        if (static_cast<int>(i * 7 % 3) == part) {
          writer.Write(Doc(docs_[i]));
        }
      }
      writer.Finish();
    }
  }

  DocTrace Doc(const std::pair<std::string, int64_t>& name) const {
    return RandomDocTrace(header_.shape, name.first, name.second, 1 + static_cast<int>(name.second % 7));
  }

  TemporaryFolder folder_;
  TraceHeader header_ = RandomTraceHeader();
  std::vector<std::pair<std::string, int64_t>> docs_;
  std::vector<std::filesystem::path> parts_;
};

TEST_F(MergeTrace, WritesWhatOneProcessWrites) {
  for (const int64_t rows : {int64_t{1}, int64_t{100}, int64_t{1} << 22}) {
    const std::filesystem::path merged = folder_ / ("merged" + std::to_string(rows));
    MergeTraces(parts_, docs_, merged, {.rows_at_once = rows});
    EXPECT_EQ(ReadFile(merged / "part-00000.parquet"), ReadFile(folder_ / "one/part-00000.parquet"));
    EXPECT_FALSE(std::filesystem::exists(merged / "part-00001.parquet"));
  }
}

TEST_F(MergeTrace, NamesADocWithoutTrace) {
  std::filesystem::remove_all(parts_[1]);
  EXPECT_THAT(ErrorOf([&] { MergeTraces(parts_, docs_, folder_ / "merged"); }),
              AllOf(HasSubstr("no part has the trace of piqa doc"), HasSubstr("run its rank again")));
}

TEST_F(MergeTrace, RefusesTracesOfDifferentRuns) {
  header_.identity.model_sha256 = "another";
  std::filesystem::remove_all(parts_[3]);
  TraceWriter writer = Writer(parts_[3], 200);
  writer.Write(Doc({"boolq", 0}));
  writer.Finish();
  EXPECT_THAT(ErrorOf([&] { MergeTraces(parts_, docs_, folder_ / "merged"); }), HasSubstr("model_sha256"));
}

}  // namespace
}  // namespace vffn
