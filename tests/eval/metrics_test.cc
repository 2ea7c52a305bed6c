#include "eval/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/base/temporary_folder.h"
#include "tests/eval/scored_docs.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr LengthRule kWithout = LengthRule::kWithoutLeadingBlank;
constexpr LengthRule kWith = LengthRule::kWithLeadingBlank;

TEST(LengthOf, CountsCodePointsAndBytes) {
  EXPECT_EQ(LengthOf(" naïve"), (TextLength{.characters = 6, .bytes = 7}));
  EXPECT_EQ(LengthOf("日本🙂"), (TextLength{.characters = 3, .bytes = 10}));
  EXPECT_EQ(LengthOf("e\u0301"),
            (TextLength{.characters = 2, .bytes = 3}));  // combining marks count, as in Python
}

TEST(Metrics, AreListedInTheOrderOfTheEnumeration) {
  for (const MetricFacts& facts : Metrics()) {
    EXPECT_EQ(FactsOf(facts.metric).name, facts.name);
    EXPECT_EQ(FindMetric(facts.name), facts.metric);
  }
}

// One choice " né" with log-probabilities -1 and -2: characters 2 or 3, bytes 3 or 4, tokens 2.
TEST(Metrics, DivideByWhatTheySay) {
  const ScoredChoice choice = MakeChoice(" né", {-1, -2});
  EXPECT_EQ(ChoiceValue(Metric::kAcc, kWithout, choice), -3);
  EXPECT_EQ(ChoiceValue(Metric::kLenNorm, kWithout, choice), -3.0 / 2);
  EXPECT_EQ(ChoiceValue(Metric::kLenNorm, kWith, choice), -3.0 / 3);
  EXPECT_EQ(ChoiceValue(Metric::kAccNorm, kWith, choice), -3.0 / 2);
  EXPECT_EQ(ChoiceValue(Metric::kAccBytes, kWith, choice), -3.0 / 3);
  EXPECT_EQ(ChoiceValue(Metric::kAccTokenMean, kWithout, choice), -3.0 / 2);
  EXPECT_DOUBLE_EQ(ChoiceValue(Metric::kBitsPerByte, kWithout, choice), 3.0 / std::log(2.0) / 3);
  EXPECT_DOUBLE_EQ(ChoiceValue(Metric::kBitsPerByte, kWith, choice), 3.0 / std::log(2.0) / 4);
  EXPECT_EQ(ChoiceValue(Metric::kCeLoss, kWithout, choice), 3.0 / 2);
  EXPECT_EQ(ChoiceValue(Metric::kCeLoss, kWith, choice), 3.0 / 3);
  EXPECT_EQ(DivisorName(Metric::kLenNorm, kWith), "Unicode characters with the leading blank");
  EXPECT_EQ(DivisorName(Metric::kAccNorm, kWith), "Unicode characters without the leading blank");
}

TEST(Metrics, DisagreeWhereTheyShould) {
  // Sums -4, -6; per character -4/1, -6/6; per token -4/1, -6/2.
  const ScoredDoc doc = MakeDoc("t", 0, 1, {MakeChoice(" a", {-4}), MakeChoice(" bcdefg", {-3, -3})});
  EXPECT_EQ(Predict(Metric::kAcc, kWithout, doc), 0);
  EXPECT_EQ(Predict(Metric::kLenNorm, kWithout, doc), 1);
  EXPECT_EQ(Predict(Metric::kAccTokenMean, kWithout, doc), 1);
  EXPECT_EQ(DocValue(Metric::kAcc, kWithout, doc), 0);
  EXPECT_EQ(DocValue(Metric::kLenNorm, kWithout, doc), 1);
  EXPECT_EQ(DocValue(Metric::kCeLoss, kWithout, doc), 1);
}

TEST(Metrics, GiveTiesToTheLowestIndex) {
  const ScoredDoc doc =
      MakeDoc("t", 0, 1, {MakeChoice(" a", {-3}), MakeChoice(" b", {-2}), MakeChoice(" c", {-2})});
  EXPECT_EQ(Predict(Metric::kAcc, kWithout, doc), 1);
}

TEST(Metrics, OfAnEmptyChoiceAreTheLowestOrNotDefined) {
  ScoredDoc doc = MakeDoc("t", 7, 0, {MakeChoice(" ", {-3}), MakeChoice(" b", {-20})});
  EXPECT_TRUE(IsDefined(Metric::kLenNorm, kWithout, doc));
  EXPECT_EQ(Predict(Metric::kLenNorm, kWithout, doc), 1);
  EXPECT_EQ(Predict(Metric::kLenNorm, kWith, doc), 0);
  EXPECT_FALSE(IsDefined(Metric::kCeLoss, kWithout, doc));
  EXPECT_TRUE(IsDefined(Metric::kCeLoss, kWith, doc));
  EXPECT_THAT(ErrorOf([&] { DocValue(Metric::kCeLoss, kWithout, doc); }),
              AllOf(HasSubstr("t, doc 7"), HasSubstr("no Unicode characters without the leading blank")));
  doc.gold = 1;
  EXPECT_TRUE(IsDefined(Metric::kCeLoss, kWithout, doc));
}

TEST(Metrics, CompareWithUnconditionalLikelihoods) {
  // l -4, -6, u -3, -9: the second choice gains by the question, the first loses; the ratios are 4/3 and 2/3.
  ScoredDoc doc = MakeDoc("t", 7, 1, {MakeChoice(" a", {-4}, {-1, -2}), MakeChoice(" b", {-3, -3}, {-9})});
  EXPECT_EQ(ChoiceValue(Metric::kAccMutualInfo, kWith, doc.choices[0]), -1);
  EXPECT_EQ(ChoiceValue(Metric::kAccMutualInfo, kWith, doc.choices[1]), 3);
  EXPECT_DOUBLE_EQ(ChoiceValue(Metric::kPmiDc, kWith, doc.choices[0]), 4.0 / 3);
  EXPECT_EQ(DocValue(Metric::kAcc, kWith, doc), 0);
  EXPECT_EQ(DocValue(Metric::kAccMutualInfo, kWith, doc), 1);
  EXPECT_EQ(DocValue(Metric::kPmiDc, kWith, doc), 0);
  doc.choices[0].unconditional->log_probs = {0, 0};
  EXPECT_TRUE(IsDefined(Metric::kAccMutualInfo, kWith, doc));
  EXPECT_FALSE(IsDefined(Metric::kPmiDc, kWith, doc));
  for (ScoredChoice& choice : doc.choices) {
    choice.unconditional.reset();
  }
  EXPECT_FALSE(IsDefined(Metric::kAccMutualInfo, kWith, doc));
  EXPECT_THAT(ErrorOf([&] { DocValue(Metric::kAccMutualInfo, kWith, doc); }),
              AllOf(HasSubstr("t, doc 7: acc_mutual_info is not defined"), HasSubstr("no unconditional")));
}

TEST(Metrics, SayWhatTheyAre) {
  EXPECT_EQ(FormulaOf(Metric::kAcc, kWith), "greatest log-likelihood");
  EXPECT_EQ(FormulaOf(Metric::kAccTokenMean, kWith), "greatest log-likelihood / tokens");
  EXPECT_EQ(FormulaOf(Metric::kAccMutualInfo, kWith),
            "greatest log-likelihood - unconditional log-likelihood");
  EXPECT_THAT(FormulaOf(Metric::kBitsPerByte, kWithout), HasSubstr("lower is better"));
}

TEST(Metrics, RefuseNaN) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const ScoredDoc doc = MakeDoc("t", 3, 0, {MakeChoice(" a", {-1}), MakeChoice(" b", {-2, nan})});
  EXPECT_THAT(ErrorOf([&] { Validate(doc, "t, doc 3"); }),
              HasSubstr("t, doc 3, choice 1, token 1: the log-probability is nan"));
  EXPECT_THAT(ErrorOf([&] { DocValue(Metric::kAcc, kWithout, doc); }), HasSubstr("is nan"));
}

TEST(MeanOf, HasTheSampleStandardError) {
  const std::vector<double> values = {1, 0, 0, 1, 1};
  const Estimate estimate = MeanOf(values);
  EXPECT_DOUBLE_EQ(estimate.value, 0.6);
  EXPECT_DOUBLE_EQ(*estimate.standard_error, std::sqrt((3 * 0.16 + 2 * 0.36) / 4) / std::sqrt(5));
}

TEST(MeanOf, HasAClusteredStandardError) {
  const std::vector<double> values = {1, 0, 0, 1, 1};
  const std::vector<int64_t> clusters = {0, 0, 1, 1, 2};
  const Estimate estimate = MeanOf(values, clusters);  // sums of deviations -0.2, -0.2, 0.4
  EXPECT_DOUBLE_EQ(estimate.value, 0.6);
  EXPECT_DOUBLE_EQ(*estimate.standard_error, std::sqrt(1.5 * (0.04 + 0.04 + 0.16)) / 5);
  EXPECT_FALSE(MeanOf(values, std::vector<int64_t>(5, 0)).standard_error.has_value());
}

TEST(MeanOf, HasNoStandardErrorForOneDoc) {
  const std::vector<double> values = {1};
  EXPECT_EQ(MeanOf(values), (Estimate{.value = 1}));
}

TEST(AverageOf, WeighsTasksEqually) {
  const std::vector<Estimate> tasks = {{0.5, 0.03}, {0.9, 0.04}};
  const Estimate average = AverageOf(tasks);
  EXPECT_DOUBLE_EQ(average.value, 0.7);
  EXPECT_DOUBLE_EQ(*average.standard_error, 0.025);
  const std::vector<Estimate> unknown = {{0.5, 0.03}, {0.9, std::nullopt}};
  EXPECT_FALSE(AverageOf(unknown).standard_error.has_value());
  const std::vector<Estimate> several = {{0.1, 0.3}, {0.2, 0.1}, {0.3, 0.7}};
  const std::vector<Estimate> turned = {{0.3, 0.7}, {0.2, 0.1}, {0.1, 0.3}};
  EXPECT_EQ(AverageOf(several), AverageOf(turned));  // 0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1
}

}  // namespace
}  // namespace vffn
