#include "analysis/document_loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <utility>

#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::HasSubstr;

std::vector<DocumentLoss> Documents() {
  return {{"a", "wiki", 10, 40, 30}, {"b", "wiki", 30, 100, 60}, {"c", "books", 20, 60, 54}};
}

TEST(DocumentLoss, IsAveragedOverTokensAndBytes) {
  const LossSummary summary = Summarise(Documents());
  EXPECT_EQ(summary.documents, 3);
  EXPECT_EQ(summary.tokens, 60);
  EXPECT_EQ(summary.bytes, 200);
  EXPECT_DOUBLE_EQ(summary.nats_per_token.value, 144.0 / 60);  // 2.4
  EXPECT_DOUBLE_EQ(summary.bits_per_byte->value, 144.0 / 200 / std::numbers::ln2);
  // Deviations of the documents from 2.4 a token: 30 - 24 = 6, 60 - 72 = -12, 54 - 48 = 6.
  EXPECT_NEAR(*summary.nats_per_token.standard_error, std::sqrt(1.5 * (36 + 144 + 36)) / 60, 1e-12);
  const auto sources = SummariseBySource(Documents());
  EXPECT_DOUBLE_EQ(sources.at("wiki").nats_per_token.value, 90.0 / 40);
  EXPECT_EQ(sources.at("books").documents, 1);
  EXPECT_FALSE(sources.at("books").nats_per_token.standard_error);
}

TEST(DocumentLoss, PerplexitiesAreExponentialsWithErrorsByTheDeltaMethod) {
  std::vector<DocumentLoss> documents = Documents();
  const LossSummary unknown = Summarise(documents);
  EXPECT_FALSE(unknown.word_perplexity || unknown.bits_per_character || unknown.words);
  EXPECT_DOUBLE_EQ(unknown.token_perplexity.value, std::exp(2.4));
  EXPECT_DOUBLE_EQ(*unknown.token_perplexity.standard_error,
                   std::exp(2.4) * *unknown.nats_per_token.standard_error);
  for (const auto& [i, words] : {std::pair{0, 9}, {1, 21}, {2, 15}}) {
    documents[i].words = words;
    documents[i].characters = documents[i].bytes - 10;
  }
  documents.push_back({.id = "empty", .source = "none", .words = 1});  // lm-eval counts a word in it
  const LossSummary summary = Summarise(documents);
  EXPECT_EQ(summary.words, 46);
  EXPECT_DOUBLE_EQ(summary.bits_per_character->value, 144.0 / 170 / std::numbers::ln2);
  EXPECT_DOUBLE_EQ(summary.byte_perplexity->value, std::exp(144.0 / 200));
  EXPECT_DOUBLE_EQ(summary.word_perplexity->value, std::exp(144.0 / 46));
  EXPECT_DOUBLE_EQ(summary.nats_per_token.value, 2.4);
  EXPECT_EQ(SummariseBySource(documents).count("none"), 0u);
  documents[1].words = 0;
  EXPECT_FALSE(Summarise(documents).word_perplexity);
}

// A text without white space is one long word.
TEST(DocumentLoss, PerplexitiesBeyondAllNumbersAreAbsent) {
  std::vector<DocumentLoss> documents = {{.id = "a", .tokens = 500, .bytes = 1000, .nll = 1500, .words = 1}};
  EXPECT_FALSE(Summarise(documents).word_perplexity);
  EXPECT_DOUBLE_EQ(Summarise(documents).byte_perplexity->value, std::exp(1.5));
  documents[0].words = 3;
  EXPECT_DOUBLE_EQ(Summarise(documents).word_perplexity->value, std::exp(500));
}

// A document that is an eos alone has a loss and no text.
TEST(DocumentLoss, KeepsTheLossOfDocumentsWithoutText) {
  std::vector<DocumentLoss> documents = Documents();
  documents.push_back({.id = "eos", .source = "wiki", .tokens = 1, .nll = 6});
  EXPECT_DOUBLE_EQ(Summarise(documents).byte_perplexity->value, std::exp(150.0 / 200));
  EXPECT_FALSE(Summarise(std::span(documents).last(1)).bits_per_byte);
}

TEST(DocumentLoss, DifferencesArePairedByDocument) {
  std::vector<DocumentLoss> other = Documents();
  other[0].nll += 1;
  other[1].nll += 3;
  other[2].nll += 2;  // 0.1 for each token of every document: no error
  const LossSummary difference = DifferenceOf(Documents(), other);
  EXPECT_DOUBLE_EQ(difference.nats_per_token.value, 0.1);
  EXPECT_NEAR(difference.nats_per_token.standard_error.value_or(0), 0, 1e-8);
  other[2].tokens = 21;
  EXPECT_THAT(ErrorOf([&] { DifferenceOf(Documents(), other); }), HasSubstr("document 2 is c"));
  other.pop_back();
  EXPECT_THAT(ErrorOf([&] { DifferenceOf(Documents(), other); }), HasSubstr("3 and 2 documents"));
  other[0].nll = std::nan("");
  EXPECT_THAT(ErrorOf([&] { Summarise(other); }), HasSubstr("document a is"));
  EXPECT_THAT(ErrorOf([&] { Summarise({}); }), HasSubstr("no documents"));
}

}  // namespace
}  // namespace vffn
