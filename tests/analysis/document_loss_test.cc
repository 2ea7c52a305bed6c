#include "analysis/document_loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

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
  EXPECT_DOUBLE_EQ(summary.bits_per_byte.value, 144.0 / 200 / std::numbers::ln2);
  // Deviations of the documents from 2.4 a token: 30 - 24 = 6, 60 - 72 = -12, 54 - 48 = 6.
  EXPECT_NEAR(*summary.nats_per_token.standard_error, std::sqrt(1.5 * (36 + 144 + 36)) / 60, 1e-12);
  const auto sources = SummariseBySource(Documents());
  EXPECT_DOUBLE_EQ(sources.at("wiki").nats_per_token.value, 90.0 / 40);
  EXPECT_EQ(sources.at("books").documents, 1);
  EXPECT_FALSE(sources.at("books").nats_per_token.standard_error);
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
