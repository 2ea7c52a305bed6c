#include "analysis/loss_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/random.h"
#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

using testing::HasSubstr;

/// Documents of several lengths; b is better by about `gain` nats a token.
std::vector<PairedLoss> Documents(int count, double gain) {
  Random random(5, "documents");
  std::vector<PairedLoss> documents;
  for (int i = 0; i < count; ++i) {
    DocumentLoss a{.id = std::to_string(i), .source = "text"};
    a.tokens = 20 + static_cast<int64_t>(random.Below(400));
    a.bytes = 4 * a.tokens;
    a.words = a.tokens / 2;
    a.nll = static_cast<double>(a.tokens) * (3 + random.TruncatedNormal(3) / 4);
    DocumentLoss b = a;
    b.nll -= static_cast<double>(a.tokens) * (gain + random.TruncatedNormal(3) / 10);
    documents.push_back({i, a, b});
  }
  return documents;
}

TEST(CompareLosses, IsTheDifferenceOfBothMeans) {
  const auto documents = Documents(300, 0.02);
  std::vector<DocumentLoss> of_a, of_b;
  for (const PairedLoss& pair : documents) {
    of_a.push_back(pair.a);
    of_b.push_back(pair.b);
  }
  const LossSummary a = Summarise(of_a), b = Summarise(of_b), difference = DifferenceOf(of_a, of_b);
  const auto comparisons = CompareLosses(documents, true, {.replicates = 2000});
  ASSERT_EQ(comparisons.size(), 1U);  // one source: all documents alone
  const LossChange& nats = *comparisons[0].Find(LossMeasure::kNatsPerToken);
  EXPECT_NEAR(nats.a, a.nats_per_token.value, 1e-12);
  EXPECT_NEAR(nats.b, b.nats_per_token.value, 1e-12);
  EXPECT_NEAR(nats.difference.value, difference.nats_per_token.value, 1e-12);
  EXPECT_NEAR(*nats.difference.standard_error, *difference.nats_per_token.standard_error, 1e-9);
  const LossChange& bits = *comparisons[0].Find(LossMeasure::kBitsPerByte);
  EXPECT_NEAR(bits.a, a.bits_per_byte->value, 1e-12);
  EXPECT_NEAR(bits.difference.value, difference.bits_per_byte->value, 1e-12);
  EXPECT_NEAR(std::exp(comparisons[0].Find(LossMeasure::kNatsPerWord)->b), b.word_perplexity->value, 1e-9);
}

// The ends are 1.96 standard errors from the middle if there are many documents: both are of the same ratio.
TEST(CompareLosses, IntervalAndErrorAgreeOnManyDocuments) {
  const auto comparison = CompareLosses(Documents(800, 0.01), true, {.replicates = 20000}).front();
  for (const LossMeasure measure : {LossMeasure::kNatsPerToken, LossMeasure::kBitsPerByte}) {
    const LossChange& change = *comparison.Find(measure);
    const double reach = (change.interval->high - change.interval->low) / 2;
    // Over 20000 replicates the ends have an error of 1 %; skewness adds some.
    EXPECT_NEAR(reach / (1.96 * *change.difference.standard_error), 1, 0.04);
    EXPECT_NEAR((change.interval->high + change.interval->low) / 2, change.difference.value,
                0.05 * *change.difference.standard_error + 0.03 * reach);
  }
}

TEST(CompareLosses, CountsDocumentsThatImproved) {
  auto documents = Documents(5, 0);
  for (size_t i = 0; i < 5; ++i) {
    documents[i].b.nll = documents[i].a.nll + (i < 3 ? -1.0 : i == 3 ? 1.0 : 0.0);
  }
  const auto comparison = CompareLosses(documents, true, {.replicates = 100}).front();
  EXPECT_EQ(comparison.improved, 3);
  EXPECT_EQ(comparison.worsened, 1);
  // Of 16 combinations of four signs, those with a sum of 2 or more are 1 + 4 on either side.
  EXPECT_DOUBLE_EQ(*comparison.p, 10.0 / 16);
}

TEST(CompareLosses, ComparesTokensOnlyIfTheyAreTheSame) {
  auto documents = Documents(4, 0.1);
  for (PairedLoss& pair : documents) {
    pair.b.tokens *= 2;
  }
  EXPECT_THAT(MessageOf([&] { CompareLosses(documents, true, {.replicates = 100}); }),
              HasSubstr("although their tokenizers are the same"));
  const auto comparison = CompareLosses(documents, false, {.replicates = 100}).front();
  EXPECT_EQ(comparison.Find(LossMeasure::kNatsPerToken), nullptr);
  EXPECT_NE(comparison.Find(LossMeasure::kBitsPerByte), nullptr);
  documents[2].b.bytes += 1;
  EXPECT_THAT(MessageOf([&] { CompareLosses(documents, false, {.replicates = 100}); }),
              testing::AllOf(HasSubstr("document 2 is 2 with"), HasSubstr("for the other")));
}

TEST(CompareLosses, ComparesEverySourceAndAllOfThem) {
  auto documents = Documents(6, 0.1);
  documents[4].a.source = documents[4].b.source = "another";
  documents[5].a.source = documents[5].b.source = "another";
  const auto comparisons = CompareLosses(documents, true, {.replicates = 100});
  ASSERT_EQ(comparisons.size(), 3U);
  EXPECT_EQ(comparisons[0].source, "another");
  EXPECT_EQ(comparisons[0].documents, 2);
  EXPECT_EQ(comparisons[1].documents, 4);
  EXPECT_EQ(comparisons[2].source, "");
  EXPECT_EQ(comparisons[2].documents, 6);
}

// An empty text after which a tokenizer puts EOS: something is predicted, and it has no bytes.
TEST(CompareLosses, TextsWithoutBytesCountInTokensAndInTheSum) {
  auto documents = Documents(4, 0.1);
  documents[0].a = {.id = "0", .source = "text", .tokens = 1, .bytes = 0, .nll = 8, .words = 1};
  documents[0].b = documents[0].a;
  const auto comparison = CompareLosses(documents, true, {.replicates = 100}).front();
  double nats = 0, bytes = 0;
  for (const PairedLoss& pair : documents) {
    nats += pair.a.nll;
    bytes += static_cast<double>(pair.a.bytes);
  }
  EXPECT_NEAR(comparison.Find(LossMeasure::kBitsPerByte)->a, nats / bytes * std::numbers::log2e, 1e-12);
}

TEST(CompareLosses, OneDocumentTellsNothingAboutOthers) {
  const auto comparison = CompareLosses(Documents(1, 0.1), true, {.replicates = 100}).front();
  EXPECT_FALSE(comparison.p.has_value());
  EXPECT_FALSE(comparison.changes.front().difference.standard_error.has_value());
  EXPECT_FALSE(comparison.changes.front().interval.has_value());
}

TEST(CompareLosses, WordsMustBeKnownOfEveryDocument) {
  auto documents = Documents(4, 0.1);
  documents[1].a.words = documents[1].b.words = 0;
  EXPECT_EQ(CompareLosses(documents, true, {.replicates = 100}).front().Find(LossMeasure::kNatsPerWord),
            nullptr);
}

}  // namespace
}  // namespace vffn
