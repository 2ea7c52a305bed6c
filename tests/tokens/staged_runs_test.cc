#include "tokens/staged_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"
#include "base/random.h"
#include "tests/base/temporary_folder.h"
#include "tokens/staged_documents.h"

namespace vffn {
namespace {

using testing::HasSubstr;

class StagedRunsTest : public testing::Test {
 protected:
  std::unique_ptr<StagedRuns> Open(const Json& job = {{"a", 1}}) {
    return std::make_unique<StagedRuns>(folder_ / "unfinished", job, 2, std::chrono::hours(1));
  }
  static RunRecord Record(size_t file, int64_t chunk) {
    RunRecord record;
    record.file = file;
    record.chunk = chunk;
    return record;
  }

  TemporaryFolder folder_;
};

TEST_F(StagedRunsTest, OnlyWhatIsCommittedIsFoundAgain) {
  auto runs = Open();
  runs->Add(0, Record(0, 0), "bytes");
  runs->Add(1, Record(0, 1), "more bytes");
  runs->Commit();
  runs->Add(0, Record(0, 2), "lost");
  EXPECT_TRUE(runs->Has(0, 2));
  runs.reset();
  runs = Open();
  EXPECT_TRUE(runs->Has(0, 0));
  EXPECT_TRUE(runs->Has(0, 1));
  EXPECT_FALSE(runs->Has(0, 2));
  ASSERT_EQ(runs->records().size(), 2u);
  EXPECT_EQ(runs->records()[1].bytes, 10);
}

TEST_F(StagedRunsTest, AFileIsCompleteWithAllItsChunksOnly) {
  auto runs = Open();
  runs->Add(0, Record(0, 1), "");
  runs->AddEnd(0, 2, "hash");
  runs->AddEnd(1, 0, "hash of a file without chunks");
  runs->Commit();
  runs.reset();
  runs = Open();
  EXPECT_EQ(runs->HashOf(0), std::nullopt);
  EXPECT_EQ(runs->HashOf(1), "hash of a file without chunks");
  runs->Add(0, Record(0, 0), "");
  EXPECT_EQ(runs->HashOf(0), "hash");
}

TEST_F(StagedRunsTest, ATornLastLineIsCut) {
  auto runs = Open();
  runs->Add(0, Record(0, 0), "bytes");
  runs->Commit();
  runs.reset();
  const auto journal = folder_ / "unfinished/journal.jsonl";
  const std::string whole = ReadFile(journal);
  WriteFile(journal, whole + "{\"file\":0,\"chu");
  EXPECT_TRUE(Open()->Has(0, 0));
  EXPECT_EQ(ReadFile(journal), whole);
}

TEST_F(StagedRunsTest, OtherJobsAndSecondProgramsAreRefused) {
  const auto runs = Open({{"options", {{"size", 5}, {"name", "x"}}}});
  EXPECT_NE(ErrorOf([&] { Open(); }), "");  // locked
  const Json held = {{"options", {{"size", 5}, {"name", "x"}}}};
  Json asked = held;
  asked["options"]["name"] = "y";
  EXPECT_THAT(ErrorOf([&] { CheckSameJob(held, asked, "there"); }),
              HasSubstr("there: holds another run: options.name was \"x\" and is now \"y\""));
  CheckSameJob(held, held, "there");
}

TEST_F(StagedRunsTest, TruncatedLogsAreErrors) {
  const auto runs = Open();
  RunBuilder builder;
  builder.Add(1, 1, "id", false, "tokens");
  runs->Add(0, Record(0, 0), builder.Serialize());
  runs->Commit();
  std::filesystem::resize_file(runs->LogPath(0), 20);
  EXPECT_THAT(ErrorOf([&] { StagedDocuments{*runs}; }), HasSubstr("truncated"));
}

/// Documents of random keys, in random runs: visited in ascending order of (key, file, location).
TEST_F(StagedRunsTest, RunsAreMergedWhateverTheRanges) {
  Random random(3, "runs");
  const auto runs = Open();
  std::vector<std::tuple<uint64_t, size_t, int64_t>> expected;
  for (size_t file = 0; file < 5; ++file) {
    int64_t location = 0;
    for (int64_t chunk = 0; chunk < 4; ++chunk) {
      RunBuilder builder;
      for (uint64_t i = random.Below(20); i-- > 0;) {
        const uint64_t key = random.Below(3) == 0 ? random.Below(4) : random.Next();
        const std::string name = std::to_string(file) + "-" + std::to_string(++location);
        builder.Add(key, location, name, location % 2 == 0, "tokens of " + name);
        expected.emplace_back(key, file, location);
      }
      runs->Add(static_cast<int>(random.Below(2)), Record(file, chunk), builder.Serialize());
    }
  }
  runs->Commit();
  std::sort(expected.begin(), expected.end());
  const StagedDocuments documents(*runs);
  for (const int64_t range_bytes : {1, 100, 5000, 1 << 30}) {
    std::vector<std::tuple<uint64_t, size_t, int64_t>> visited;
    documents.ForEach(OrderKind::kShuffle, range_bytes, [&](const OrderedDocument& document) {
      visited.emplace_back(document.key, document.file, document.location);
      const std::string name = std::to_string(document.file) + "-" + std::to_string(document.location);
      EXPECT_EQ(document.id, name);
      EXPECT_EQ(document.tokens, "tokens of " + name);
      EXPECT_EQ(document.held_out, document.location % 2 == 0);
    });
    EXPECT_EQ(visited, expected) << range_bytes;
  }
}

}  // namespace
}  // namespace vffn
