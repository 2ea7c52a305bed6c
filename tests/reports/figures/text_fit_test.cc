#include "reports/figures/text_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/figures/figure_style.h"

namespace vffn {
namespace {

using testing::ElementsAre;

constexpr double kSize = 10;

class TextFitTest : public testing::Test {
 protected:
  std::vector<std::string> Wrap(const std::string& text, const std::string& widest) {
    return WrapText(text, metrics_.Width(widest, kSize) + 0.01, kSize, metrics_);
  }
  std::string Shorten(const std::string& text, const std::string& widest) {
    return ShortenText(text, metrics_.Width(widest, kSize) + 0.01, kSize, metrics_);
  }

  TextMetrics metrics_;
};

TEST_F(TextFitTest, WrapsAfterBlanksAndPunctuation) {
  EXPECT_THAT(Wrap("a name", "a name"), ElementsAre("a name"));
  EXPECT_THAT(Wrap("OLMo-354M trained", "OLMo-354M"), ElementsAre("OLMo-354M", "trained"));
  EXPECT_THAT(Wrap("OLMo-354M trained", "OLMo-354"), ElementsAre("OLMo-", "354M", "trained"));
  EXPECT_THAT(Wrap("step_1.5/x", "step_1."), ElementsAre("step_1.", "5/x"));
  EXPECT_THAT(Wrap("", "x"), ElementsAre());
}

TEST_F(TextFitTest, WrapsInsideAWordAsALastResort) {
  EXPECT_THAT(Wrap("VVVVVV", "VVVV"), ElementsAre("VVVV", "VV"));
  EXPECT_THAT(Wrap("äöüä", "äö"), ElementsAre("äö", "üä"));
  EXPECT_THAT(Wrap("abc", ""), ElementsAre("a", "b", "c"));
}

TEST_F(TextFitTest, ShortensInTheMiddle) {
  EXPECT_EQ(Shorten("VersatileFFN", "VersatileFFN"), "VersatileFFN");
  EXPECT_EQ(Shorten("WWWWWWWWW", "WWW…WW"), "WWW…WW");
  EXPECT_EQ(Shorten("äöüäöü", "äö…ü"), "äö…ü");
  EXPECT_EQ(Shorten("abcdef", ""), "a…f");
  EXPECT_EQ(Shorten("", ""), "");
}

}  // namespace
}  // namespace vffn
