#include "reports/comparison/question_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/ledger.h"
#include "reports/comparison/score_pairing.h"
#include "runs/folders/run_folder.h"
#include "runs/scores/samples_file.h"
#include "tasks/data_set.h"
#include "tests/base/temporary_folder.h"
#include "tests/eval/fake_run.h"
#include "tests/eval/scored_docs.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int64_t kDocs = 3;

/// Docs 0 and 2 share their supporting text.
Json RecordOf(int64_t id) {
  return {{"question", "q" + std::to_string(id)}, {"support", id == 1 ? "other" : "text"}};
}

class QuestionRecordsTest : public testing::Test {
 protected:
  /// A ledger of SciQ in folder `name`; the log-likelihoods depend on `model`.
  std::string MakeRun(const std::string& name, float model, const std::string& data_sha256 = "d") const {
    std::filesystem::create_directories(folder_ / name);
    Ledger ledger = Ledger::Open(folder_ / name / "ledger.jsonl", MakeHeader(), LedgerMode::kNew);
    ledger.BeginTask({.name = "sciq",
                      .split = "validation",
                      .data_sha256 = data_sha256,
                      .data_set_size = 1000,
                      .docs = kDocs});
    for (int64_t id = 0; id < kDocs; ++id) {
      ledger.Append(MakeDoc("sciq", id, 0, {MakeChoice(" a", {-model}), MakeChoice(" b", {-2.5F - id})}));
    }
    return (folder_ / name).string();
  }
  void WriteSamples(const std::string& run, float model, const std::string& date,
                    int64_t docs = kDocs) const {
    SamplesFile file{.task = "sciq"};
    for (int64_t id = 0; id < docs; ++id) {
      file.samples.push_back({.doc = Doc(RecordOf(id), id, "record"),
                              .target = "0",
                              .choices = {{"q", " a", -model, false}, {"q", " b", -2.5 - id, false}},
                              .metrics = {{"acc", 1}}});
    }
    WriteSamplesFile(RunFolder(run).samples("sciq", date), file);
  }
  QuestionRecords Find(const std::string& a, const std::string& b,
                       const std::optional<std::filesystem::path>& data = {}) const {
    const std::vector<int64_t> ids = {0, 1, 2};
    return FindQuestionRecords("sciq", ids, ReadScoreSet(a, {}), ReadScoreSet(b, {}), data);
  }

  TemporaryFolder folder_;
};

TEST_F(QuestionRecordsTest, AreTheSamplesBesideEitherLedger) {
  const std::string a = MakeRun("a", 1), b = MakeRun("b", 1.5);
  EXPECT_EQ(Find(a, b).missing, "no data folder is given");
  WriteSamples(b, 1.5, "2026-01-01");
  const QuestionRecords records = Find(a, b);
  EXPECT_EQ(records.docs.size(), 3U);
  EXPECT_EQ(records.docs[1].String("support"), "other");
  EXPECT_EQ(records.source, "samples_sciq_2026-01-01.jsonl beside the ledger of " + b);
  WriteSamples(a, 1, "2026-01-02");
  EXPECT_THAT(Find(a, b).source, HasSubstr("beside the ledger of " + a));
  const ScorePairing pairing = PairScores(ReadScoreSet(a, {}), ReadScoreSet(b, {}), {});
  EXPECT_THAT(pairing.tasks.at(0).clusters, ElementsAre(0, 1, 0));
  EXPECT_THAT(pairing.notes, Contains(AllOf(HasSubstr("sciq: 2 clusters of 3 questions"),
                                            HasSubstr("from samples_sciq_2026-01-02.jsonl"))));
}

TEST_F(QuestionRecordsTest, MayBeInSeveralFiles) {
  const std::string a = MakeRun("a", 1), b = MakeRun("b", 1.5);
  WriteSamples(a, 1, "2026-01-01");
  WriteSamples(a, 1, "2026-01-02", 1);  // later, with a smaller --limit
  const QuestionRecords records = Find(a, b);
  EXPECT_EQ(records.docs.size(), 3U);
  EXPECT_THAT(records.source, HasSubstr("samples_sciq_2026-01-02.jsonl, samples_sciq_2026-01-01.jsonl"));
}

TEST_F(QuestionRecordsTest, AreNotOfOtherScores) {
  const std::string a = MakeRun("a", 1), b = MakeRun("b", 1.5);
  WriteSamples(a, 7, "2026-01-01");
  WriteSamples(b, 1.5, "2026-01-01", 2);  // not all docs
  EXPECT_THAT(Find(a, b).docs, IsEmpty());
  const ScorePairing pairing =
      PairScores(ReadScoreSet(a, {}), ReadScoreSet(b, {}), {.data = folder_ / "none"});
  EXPECT_THAT(pairing.tasks.at(0).clusters, IsEmpty());
  EXPECT_THAT(pairing.notes,
              Contains(AllOf(HasSubstr("sciq: the questions come in clusters"), HasSubstr("NOT used"),
                             HasSubstr("no data folder "), HasSubstr("--log_samples"), HasSubstr("--data"))));
}

TEST_F(QuestionRecordsTest, AreOtherwiseOfTheDataThatWereScored) {
  std::string lines;
  for (int64_t id = 0; id < kDocs + 2; ++id) {
    lines += RecordOf(id).dump() + "\n";
  }
  const std::filesystem::path data = folder_ / "data";
  std::filesystem::create_directory(data);
  WriteFile(data / "sciq-validation.jsonl", lines);
  const std::string sha256 = ReadDataSet(data / "sciq-validation.jsonl").sha256;
  const std::string a = MakeRun("a", 1, sha256), b = MakeRun("b", 1.5, sha256);
  const QuestionRecords records = Find(a, b, data);
  EXPECT_EQ(records.docs.size(), 3U);
  EXPECT_EQ(records.source, "the data in " + data.string());
  EXPECT_THAT(Find(a, b, folder_ / "a").missing, HasSubstr("a has no data of this task"));
  WriteFile(data / "sciq-validation.jsonl", lines + lines);
  EXPECT_THAT(Find(a, b, data).missing, HasSubstr("are not those that were scored"));
}

}  // namespace
}  // namespace vffn
