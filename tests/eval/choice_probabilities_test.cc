// Probabilities of choices, against ai2-olmo-eval, lm-evaluation-harness and torchmetrics on recorded scores
// (tests/golden/statistics/calibration.json).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "analysis/chance.h"
#include "eval/results.h"
#include "tests/base/temporary_folder.h"
#include "tests/eval/gzip_lines.h"
#include "tests/eval/scored_docs.h"

namespace vffn {
namespace {

using testing::HasSubstr;

constexpr LengthRule kNoBlank = LengthRule::kWithoutLeadingBlank;
constexpr LengthRule kBlank = LengthRule::kWithLeadingBlank;

std::vector<ScoredDoc> RecordedDocs(const std::string& task) {
  std::map<int64_t, ScoredDoc> docs;
  const std::string file = std::string(VFFN_TESTS_DIR) + "/golden/scores/" + task + ".jsonl.gz";
  for (const Json& row : ReadGzipJsonLines(file)) {
    ScoredDoc& doc = docs[row["doc_id"]];
    doc = {.task = task, .doc_id = row["doc_id"], .gold = row["gold"], .choices = std::move(doc.choices)};
    doc.choices.push_back({.tokens = row["tokens"],
                           .log_probs = row["token_loglikelihoods"],
                           .length = {.characters = row["chars"], .bytes = row["bytes"]},
                           .length_without_blank = {.characters = row["chars_without_blank"],
                                                    .bytes = row["bytes"].get<int64_t>() - 1}});
  }
  std::vector<ScoredDoc> list;
  for (auto& [doc_id, doc] : docs) {
    list.push_back(std::move(doc));
  }
  return list;
}

double MeanScore(Metric metric, LengthRule rule, const std::vector<ScoredDoc>& docs) {
  double sum = 0;
  for (const ScoredDoc& doc : docs) {
    sum += DocValue(metric, rule, doc);
  }
  return sum / static_cast<double>(docs.size());
}

struct ProbabilityMetrics {
  const char* name;
  Metric accuracy, brier, soft, soft_log;
};

constexpr ProbabilityMetrics kSums = {"acc", Metric::kAcc, Metric::kBrier, Metric::kSoft, Metric::kSoftLog};
constexpr ProbabilityMetrics kMeans = {"len_norm", Metric::kLenNorm, Metric::kBrierLenNorm,
                                       Metric::kSoftLenNorm, Metric::kSoftLogLenNorm};

class RecordedProbabilities : public testing::TestWithParam<std::string> {
 protected:
  const Json golden_ =
      ReadJsonFile(std::string(VFFN_TESTS_DIR) + "/golden/statistics/calibration.json")[GetParam()];
  const std::vector<ScoredDoc> docs_ = RecordedDocs(GetParam());
};

TEST_P(RecordedProbabilities, GiveTheScoresOfOtherEvaluators) {
  ASSERT_EQ(docs_.size(), golden_["docs"]);
  for (const ProbabilityMetrics& metrics : {kSums, kMeans}) {
    const Json& golden = golden_[metrics.name];
    constexpr double kSinglePrecision = 2e-6;  // of ai2-olmo-eval's softmax and sums, relative
    const auto expect = [&](Metric metric, LengthRule rule, const char* name) {
      const double expected = golden[name];
      EXPECT_NEAR(MeanScore(metric, rule, docs_), expected, kSinglePrecision * std::abs(expected)) << name;
    };
    expect(metrics.soft, kNoBlank, "soft_v1");
    expect(metrics.soft, kBlank, "soft_v2");
    expect(metrics.soft_log, kNoBlank, "soft_log_v1");
    expect(metrics.soft_log, kBlank, "soft_log_v2");
    EXPECT_NEAR(MeanScore(metrics.brier, kNoBlank, docs_), golden["brier"], 1e-12);
  }
}

TEST_P(RecordedProbabilities, GiveTheCalibrationErrorOfTorchmetrics) {
  std::vector<const ScoredDoc*> docs;
  for (const ScoredDoc& doc : docs_) {
    docs.push_back(&doc);
  }
  for (const ProbabilityMetrics& metrics : {kSums, kMeans}) {
    const Json& golden = golden_[metrics.name];
    for (const auto& [binning, key] :
         {std::pair(Binning::kEqualWidth, "equal_width"), std::pair(Binning::kEqualMass, "equal_mass")}) {
      for (const auto& [bins, error] : golden[key].items()) {
        const Calibration calibration =
            *CalibrationOfDocs(metrics.accuracy, kNoBlank, docs,
                               {.bins = std::stoll(bins), .binning = binning, .replicates = 0});
        EXPECT_NEAR(calibration.error, error.get<double>(), 1e-6) << key << " " << bins;  // single precision
        EXPECT_NEAR(calibration.confidence.value, golden["confidence"], 1e-12);
        EXPECT_NEAR(calibration.accuracy.value, golden["accuracy"], 1e-12);
      }
    }
    for (size_t i = 0; i < golden["first_confidences"].size(); ++i) {
      const std::vector<double> p = ChoiceProbabilities(metrics.accuracy, kNoBlank, docs_[i]);
      EXPECT_NEAR(*std::ranges::max_element(p), golden["first_confidences"][i], 1e-12) << i;
    }
  }
}

TEST_P(RecordedProbabilities, GiveTheCentredAccuracy) {
  std::vector<double> values, chances;
  for (const ScoredDoc& doc : docs_) {
    values.push_back(DocValue(Metric::kAcc, kNoBlank, doc));
    chances.push_back(1 / static_cast<double>(doc.choices.size()));
  }
  const Estimate centred = *CentredOnChance(values, chances);
  EXPECT_NEAR(centred.value, golden_["centred"]["value"], 1e-12);
  EXPECT_NEAR(*centred.standard_error, golden_["centred"]["error"], 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Tasks, RecordedProbabilities, testing::Values("arc_challenge", "sciq", "winogrande"),
                         [](const auto& info) { return info.param; });

TEST(ChoiceProbabilities, AreTheSoftmaxOfWhatRanksTheChoices) {
  const ScoredDoc doc = MakeDoc("t", 0, 1, {MakeChoice(" a", {-1}), MakeChoice(" bcde", {-1, -3})});
  const double sums = std::exp(-4) / (std::exp(-1) + std::exp(-4)), halves = 0.5;  // -1 / 1 and -4 / 4
  EXPECT_NEAR(ChoiceProbabilities(Metric::kAcc, kNoBlank, doc)[1], sums, 1e-15);
  EXPECT_NEAR(DocValue(Metric::kSoft, kNoBlank, doc), sums, 1e-15);
  EXPECT_NEAR(DocValue(Metric::kSoftLog, kNoBlank, doc), std::log(sums), 1e-14);
  EXPECT_NEAR(DocValue(Metric::kBrier, kNoBlank, doc), 2 * (1 - sums) * (1 - sums), 1e-15);
  EXPECT_NEAR(DocValue(Metric::kSoftLenNorm, kNoBlank, doc), halves, 1e-15);
  EXPECT_NEAR(DocValue(Metric::kBrierLenNorm, kNoBlank, doc), 0.5, 1e-15);
}

TEST(ChoiceProbabilities, DoNotOverflow) {
  const ScoredDoc doc = MakeDoc("t", 0, 1, {MakeChoice(" a", {-1000}), MakeChoice(" b", {-3000})});
  EXPECT_EQ(ChoiceProbabilities(Metric::kAcc, kNoBlank, doc), (std::vector<double>{1, 0}));
  EXPECT_EQ(DocValue(Metric::kSoftLog, kNoBlank, doc), -2000);
  EXPECT_EQ(DocValue(Metric::kBrier, kNoBlank, doc), 2);
}

TEST(ChoiceProbabilities, OfAnEmptyChoiceAreZeroOrNotDefined) {
  ScoredDoc doc = MakeDoc("t", 7, 0, {MakeChoice(" ", {-3}), MakeChoice(" b", {-20})});
  EXPECT_EQ(ChoiceProbabilities(Metric::kLenNorm, kNoBlank, doc), (std::vector<double>{0, 1}));
  EXPECT_EQ(DocValue(Metric::kBrierLenNorm, kNoBlank, doc), 2);
  EXPECT_FALSE(IsDefined(Metric::kSoftLogLenNorm, kNoBlank, doc));  // the logarithm of 0
  EXPECT_TRUE(IsDefined(Metric::kSoftLogLenNorm, kBlank, doc));
  doc.choices[1] = MakeChoice(" ", {-20});
  EXPECT_FALSE(IsDefined(Metric::kBrierLenNorm, kNoBlank, doc));
  EXPECT_TRUE(IsDefined(Metric::kBrier, kNoBlank, doc));
}

TEST(ChoiceProbabilities, AreNotDefinedForOneChoice) {
  const ScoredDoc doc = MakeDoc("t", 0, 0, {MakeChoice(" a", {-1})});
  for (const Metric metric : {Metric::kBrier, Metric::kSoft, Metric::kSoftLog, Metric::kSoftLenNorm}) {
    EXPECT_FALSE(IsDefined(metric, kNoBlank, doc)) << FactsOf(metric).name;
  }
  const std::vector<const ScoredDoc*> docs = {&doc};
  EXPECT_FALSE(CalibrationOfDocs(Metric::kAcc, kNoBlank, docs, {}));
  EXPECT_FALSE(CalibrationOfDocs(Metric::kAcc, kNoBlank, {}, {}));
  EXPECT_THAT(ErrorOf([&] { CalibrationOfDocs(Metric::kBrier, kNoBlank, docs, {}); }),
              HasSubstr("brier answers nothing"));
  EXPECT_THAT(ErrorOf([&] { ChoiceProbabilities(Metric::kBitsPerByte, kNoBlank, doc); }),
              HasSubstr("bits_per_byte ranks no choices"));
}

}  // namespace
}  // namespace vffn
