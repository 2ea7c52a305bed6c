#include "reports/figures/text_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vffn {
namespace {

using testing::ElementsAre;

constexpr double kSize = 10;

class TextMetricsTest : public testing::Test {
 protected:
  std::vector<std::string> Wrap(const std::string& text, const std::string& widest) {
    return metrics_.Wrap(text, metrics_.Width(widest, kSize) + 0.01, kSize);
  }
  std::string Shorten(const std::string& text, const std::string& widest) {
    return metrics_.Shorten(text, metrics_.Width(widest, kSize) + 0.01, kSize);
  }

  TextMetrics metrics_;
};

TEST_F(TextMetricsTest, WrapsAfterBlanksAndPunctuation) {
  EXPECT_THAT(Wrap("a name", "a name"), ElementsAre("a name"));
  EXPECT_THAT(Wrap("OLMo-354M trained", "OLMo-354M"), ElementsAre("OLMo-354M", "trained"));
  EXPECT_THAT(Wrap("OLMo-354M trained", "OLMo-354"), ElementsAre("OLMo-", "354M", "trained"));
  EXPECT_THAT(Wrap("step_1.5/x", "step_1."), ElementsAre("step_1.", "5/x"));
  EXPECT_THAT(Wrap("", "x"), ElementsAre());
}

TEST_F(TextMetricsTest, WrapsInsideAWordAsALastResort) {
  EXPECT_THAT(Wrap("VVVVVV", "VVVV"), ElementsAre("VVVV", "VV"));
  EXPECT_THAT(Wrap("äöüä", "äö"), ElementsAre("äö", "üä"));
  EXPECT_THAT(Wrap("abc", ""), ElementsAre("a", "b", "c"));
}

TEST_F(TextMetricsTest, ShortensInTheMiddle) {
  EXPECT_EQ(Shorten("VersatileFFN", "VersatileFFN"), "VersatileFFN");
  EXPECT_EQ(Shorten("WWWWWWWWW", "WWW…WW"), "WWW…WW");
  EXPECT_EQ(Shorten("äöüäöü", "äö…ü"), "äö…ü");
  EXPECT_EQ(Shorten("abcdef", ""), "a…f");
  EXPECT_EQ(Shorten("", ""), "");
}

TEST_F(TextMetricsTest, MeasuresInTheFiguresFont) {
  EXPECT_EQ(metrics_.Measure("clean").font, "Liberation Sans");
  // Advances of Helvetica's metrics: c 500, l 222, e 556, a 556, n 556, in thousandths.
  EXPECT_NEAR(metrics_.Width("clean", 1), 2.390, 0.005);
  EXPECT_NEAR(metrics_.Measure("x").ink.bottom, 0, 0.01);
}

}  // namespace
}  // namespace vffn
