#include "reports/comparison/loss_pairing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"
#include "reports/comparison/comparison_table.h"
#include "reports/comparison/loss_comparison_table.h"
#include "tests/base/temporary_folder.h"
#include "tests/reports/comparison/loss_files.h"
#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

class LossPairingTest : public testing::Test {
 protected:
  LossSet Write(const std::string& name, const LossFileOptions& options) {
    WriteLossFile(folder_ / name / "losses.jsonl", options);
    return ReadLossSet((folder_ / name).string()).value();
  }

  std::string Problem(const LossFileOptions& options) {
    const LossSet a = Write("a", {}), b = Write("b", options);
    return MessageOf([&] { PairLosses(a, b, false); });
  }

  TemporaryFolder folder_;
};

TEST_F(LossPairingTest, FindsTheFileOfAFolder) {
  const std::filesystem::path run = folder_ / "run";
  std::filesystem::create_directories(run);
  EXPECT_FALSE(ReadLossSet(run.string()).has_value());
  EXPECT_FALSE(ReadLossSet("paper:720M/6-Loop").has_value());
  WriteLossFile(run / "losses_loops=2.jsonl", {});
  EXPECT_EQ(ReadLossSet(run.string())->file, run / "losses_loops=2.jsonl");
  WriteLossFile(run / "losses_loops=3.jsonl", {});
  EXPECT_THAT(MessageOf([&] { ReadLossSet(run.string()); }),
              AllOf(HasSubstr("several model options"), HasSubstr("losses_loops=3.jsonl")));
  WriteLossFile(run / "losses.jsonl", {});
  EXPECT_EQ(ReadLossSet(run.string())->file, run / "losses.jsonl");
  EXPECT_EQ(ReadLossSet((run / "losses_loops=3.jsonl").string())->file, run / "losses_loops=3.jsonl");
  EXPECT_THAT(ReadLossSet(run.string())->name, Not(HasSubstr("UNTRAINED")));
  LossHeader header = HeaderOf({});
  header.untrained = true;
  LossFile(folder_ / "upcycled.jsonl", header, LedgerMode::kNew).Append(0, LossOfDocument(0, {}));
  EXPECT_THAT(ReadLossSet((folder_ / "upcycled.jsonl").string())->name, HasSubstr("[UNTRAINED]"));
  WriteFile(run / "run.json", R"({"untrained": true})");
  EXPECT_THAT(ReadLossSet(run.string())->name, HasSubstr("[UNTRAINED]"));
}

TEST_F(LossPairingTest, NamesTextAndWindow) {
  const LossPairing pairing = PairLosses(Write("a", {}), Write("b", {.model_sha256 = "other"}), false);
  EXPECT_EQ(pairing.documents.size(), 40U);
  EXPECT_TRUE(pairing.same_tokens);
  EXPECT_THAT(pairing.notes, Contains("text: news.jsonl, wiki.jsonl, 40 documents, 14,000 bytes"));
  EXPECT_THAT(pairing.notes, Contains(HasSubstr("windows: rolling windows of 64 tokens")));
  EXPECT_THAT(pairing.notes, Not(Contains(HasSubstr("same model"))));
  EXPECT_THAT(PairLosses(Write("c", {}), Write("d", {}), false).notes, Contains(HasSubstr("same model")));
}

TEST_F(LossPairingTest, RefusesOtherTextsAndWindowsByName) {
  EXPECT_THAT(Problem({.text_sha256 = "another"}), AllOf(HasSubstr("the SHA-256 of the text is text in"),
                                                         HasSubstr("another in"), HasSubstr("a/losses")));
  LossFileOptions options;
  options.window.length = 128;
  EXPECT_THAT(Problem(options), HasSubstr("window.length is 64 in"));
  options = {};
  options.window.kind = WindowKind::kStride;
  EXPECT_THAT(Problem(options), HasSubstr("window.kind is rolling in"));
  options = {};
  options.window.prefix = 5;
  EXPECT_THAT(Problem(options), HasSubstr("window.prefix is 1 in"));
}

TEST_F(LossPairingTest, RefusesMissingDocumentsUnlessAsked) {
  const LossSet a = Write("a", {}), b = Write("b", {.documents = 38});
  EXPECT_THAT(MessageOf([&] { PairLosses(a, b, false); }),
              AllOf(HasSubstr("2 documents are in"), HasSubstr("(38, 39)"), HasSubstr("--common_docs")));
  const LossPairing pairing = PairLosses(a, b, true);
  EXPECT_EQ(pairing.documents.size(), 38U);
  EXPECT_THAT(pairing.notes, Contains(HasSubstr("(38, 39); left out")));
  EXPECT_THAT(pairing.notes, Contains(HasSubstr("38 documents")));
}

TEST_F(LossPairingTest, OtherTokenizersAreComparedByBytes) {
  LossFileOptions other{.tokenizer_sha256 = "other", .gain = 0.1, .tokens_factor = 2};
  other.window.prefix = 7;  // their token before the text
  const LossSet a = Write("a", {}), b = Write("b", other);
  const LossPairing pairing = PairLosses(a, b, false);
  EXPECT_FALSE(pairing.same_tokens);
  EXPECT_THAT(pairing.notes, Contains(HasSubstr("the tokenizers differ")));
  const LossReport report = CompareLossSets(std::vector<LossSet>{a, b}, false, {}).front();
  EXPECT_EQ(report.comparisons.back().Find(LossMeasure::kNatsPerToken), nullptr);
  EXPECT_THAT(ToText(LossComparisonTable(report, {}), TableFormat::kConsole),
              AllOf(HasSubstr("bits a byte"), Not(HasSubstr("nats a token  ")), HasSubstr("better")));
}

TEST_F(LossPairingTest, OtherTokenizersCutStreamsElsewhere) {
  LossFileOptions a{.window = {.kind = WindowKind::kPacked, .length = 64, .stride = 64}}, b = a;
  b.tokenizer_sha256 = "other";
  const LossSet a_set = Write("a", a), b_set = Write("b", b);
  EXPECT_THAT(MessageOf([&] { PairLosses(a_set, b_set, false); }),
              AllOf(HasSubstr("windows of kind packed"), HasSubstr("--rolling")));
}

TEST_F(LossPairingTest, SaysWhatIsNotFinished) {
  const LossSet a = Write("a", {});
  Write("b", {.model_sha256 = "other"});
  {
    LossFile file(folder_ / "b/losses.jsonl", HeaderOf({.model_sha256 = "other"}), LedgerMode::kResume);
    file.AppendWindow(40, 0, 12.5);
  }
  const LossSet b = ReadLossSet((folder_ / "b").string()).value();
  EXPECT_THAT(PairLosses(a, b, false).notes, Contains(HasSubstr("INCOMPLETE in")));
}

class LossReportTest : public LossPairingTest {
 protected:
  std::vector<LossReport> Reports() {
    const std::vector<LossSet> sets = {Write("a", {}), Write("b", {.model_sha256 = "b", .gain = 0.1}),
                                       Write("c", {.model_sha256 = "c", .gain = -0.1})};
    return CompareLossSets(sets, false, options_);
  }

  ComparisonOptions options_;
};

TEST_F(LossReportTest, HasARowForEverySourceAndMeasure) {
  const auto reports = Reports();
  ASSERT_EQ(reports.size(), 2U);
  const OrderedJson json = LossComparisonJson(reports, options_);
  const auto& rows = json[0]["losses"];
  ASSERT_EQ(rows.size(), 9U);  // two sources and all of them; nats a token, bits a byte, nats a word
  EXPECT_EQ(rows[0]["task"], "loss/news.jsonl");
  EXPECT_EQ(rows[6]["task"], "loss");
  EXPECT_EQ(rows[6]["metric"], "nats_per_token");
  EXPECT_EQ(rows[6]["documents"], 40);
  EXPECT_EQ(rows[6]["improved"], 35);  // one in nine is worse
  EXPECT_EQ(rows[6]["worsened"], 5);
  EXPECT_EQ(rows[6]["verdict"], "better");
  EXPECT_EQ(json[1]["losses"][6]["verdict"], "worse");
  const double difference = rows[6]["difference"];
  EXPECT_LT(rows[6]["interval"][0].get<double>(), difference);
  EXPECT_GT(rows[6]["interval"][1].get<double>(), difference);
  EXPECT_NEAR(json[0]["perplexities"]["token_perplexity"]["ratio"].get<double>(), std::exp(difference),
              1e-12);
}

// Two sources of two comparisons are a family of four, both averages another.
TEST_F(LossReportTest, AdjustsSourcesAndAllDocumentsByHolm) {
  const auto reports = Reports();
  for (const LossReport& report : reports) {
    EXPECT_DOUBLE_EQ(*report.comparisons.back().adjusted_p, std::min(1.0, 2 * *report.comparisons.back().p));
    EXPECT_GE(*report.comparisons[0].adjusted_p, *report.comparisons[0].p);
  }
}

TEST_F(LossReportTest, HasTheColumnsOfTasksInCsv) {
  Comparison comparison{.tasks = {{.task = "piqa", .metric = "acc"}}};
  const std::vector<ComparisonReport> tasks = {{"a", "b", comparison, {}}};
  const std::string of_tasks = ComparisonTables(tasks, options_, TableFormat::kCsv);
  const std::string csv = LossComparisonTables(Reports(), options_, TableFormat::kCsv);
  EXPECT_EQ(csv.substr(0, csv.find('\n')), of_tasks.substr(0, of_tasks.find('\n')));
  EXPECT_THAT(csv, HasSubstr(",loss,nats_per_token,40,"));
}

TEST_F(LossReportTest, ListsTheDocumentsThatChangedMost) {
  const std::string text = LossComparisonTables(Reports(), options_, TableFormat::kConsole);
  EXPECT_THAT(text, AllOf(HasSubstr("Loss on text. A: "), HasSubstr("The largest 8 of 40 changes"),
                          HasSubstr("perplexity of tokens: A "), HasSubstr("sign flips")));
  const std::string csv = DocumentChangesCsv(Reports());
  EXPECT_EQ(std::ranges::count(csv, '\n'), 1 + 2 * 40);
  EXPECT_THAT(csv, HasSubstr("a,b,source,document,id,a_tokens,b_tokens,bytes,a_nll,b_nll,difference,change"));
  EXPECT_THAT(csv, HasSubstr(",worsened\n"));
}

TEST_F(LossReportTest, SaysWhichDocumentsDiffer) {
  const LossSet a = Write("a", {});
  LossSet b = Write("b", {});
  b.contents.documents.at(3).bytes += 1;
  EXPECT_THAT(MessageOf([&] {
                CompareLossSets(std::vector<LossSet>{a, b}, false, {});
              }),
              HasSubstr("document 3 is doc 3"));
}

}  // namespace
}  // namespace vffn
