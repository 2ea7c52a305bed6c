#include "reports/reproduction/measured_loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/reports/comparison/loss_files.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class MeasuredLossTest : public testing::Test {
 protected:
  RecordedRun Run(const std::string& model_sha256 = "model") const {
    RunRecord record{.profile = "olmo"};
    record.identity = {.model_sha256 = model_sha256, .tokenizer_sha256 = "tokenizer", .dtype = "bfloat16"};
    return {.folder = RunFolder(folder_.path()),
            .results = {.origin = "results.json", .run = record},
            .notes = {}};
  }

  TemporaryFolder folder_;
};

TEST_F(MeasuredLossTest, IsThatOfTheFileBesideTheResults) {
  EXPECT_FALSE(ReadMeasuredLoss(Run()).has_value());
  WriteLossFile(folder_ / "losses.jsonl", {});
  const MeasuredLoss loss = ReadMeasuredLoss(Run()).value();
  EXPECT_EQ(loss.file, (folder_ / "losses.jsonl").string());
  EXPECT_EQ(loss.summary.documents, 40);
  EXPECT_GT(loss.summary.nats_per_token.value, 3);
  EXPECT_TRUE(loss.summary.nats_per_token.standard_error.has_value());
  EXPECT_EQ(loss.text, "news.jsonl, wiki.jsonl, 40 documents, 14,000 bytes");
  EXPECT_THAT(loss.window, HasSubstr("rolling windows of 64 tokens"));
  EXPECT_EQ(loss.dtype, "float32");  // of the losses, whatever the scores were computed in
  EXPECT_FALSE(loss.paper_text);
  RecordedRun run = Run();
  run.notes.paper_text = true;
  EXPECT_TRUE(ReadMeasuredLoss(run)->paper_text);
}

// losses_loops=1.jsonl is of a control, unless the results are, too.
TEST_F(MeasuredLossTest, IsOfTheSameModelOptionsAsTheResults) {
  LossHeader header = HeaderOf({});
  header.identity.ffn = R"({"loops":1})";
  LossFile(folder_ / "losses_loops=1.jsonl", header, LedgerMode::kNew).Append(0, LossOfDocument(0, {}));
  EXPECT_FALSE(ReadMeasuredLoss(Run()).has_value());
  RecordedRun run = Run();
  run.results.run->identity.ffn = header.identity.ffn;
  EXPECT_EQ(ReadMeasuredLoss(run)->summary.documents, 1);
}

TEST_F(MeasuredLossTest, RefusesLossesOfOtherWeights) {
  WriteLossFile(folder_ / "losses.jsonl", {});
  EXPECT_THAT(ErrorOf([&] { ReadMeasuredLoss(Run("other")); }),
              AllOf(HasSubstr("losses.jsonl: the losses are of other weights than results.json"),
                    HasSubstr("SHA-256")));
}

TEST_F(MeasuredLossTest, CountsWhatIsNotFinished) {
  {
    LossFile file(folder_ / "losses.jsonl", HeaderOf({}), LedgerMode::kNew);
    file.Append(0, LossOfDocument(0, {}));
    file.AppendWindow(1, 0, 12.5);
  }
  EXPECT_EQ(ReadMeasuredLoss(Run())->unfinished, 1);
}

TEST_F(MeasuredLossTest, IsNothingBeforeTheFirstDocument) {
  LossFile(folder_ / "losses.jsonl", HeaderOf({}), LedgerMode::kNew);
  EXPECT_FALSE(ReadMeasuredLoss(Run()).has_value());
}

}  // namespace
}  // namespace vffn
