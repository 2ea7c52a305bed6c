#include "text/utf8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace vffn {
namespace {

constexpr size_t kNone = std::string_view::npos;

TEST(FindInvalidUtf8, AcceptsEveryScalarValue) {
  std::string all;
  size_t count = 0;
  for (uint32_t code = 0; code < 0x110000; ++code) {
    if (code < 0xD800 || code > 0xDFFF) {
      AppendUtf8(code, all);
      ++count;
    }
  }
  EXPECT_EQ(FindInvalidUtf8(all), kNone);
  EXPECT_EQ(CountCodePoints(all), count);
  size_t position = 0;
  for (uint32_t code = 0; code < 0x110000; ++code) {
    if (code < 0xD800 || code > 0xDFFF) {
      ASSERT_EQ(DecodeUtf8(all, position), code);
    }
  }
  EXPECT_EQ(position, all.size());
}

TEST(FindInvalidUtf8, GivesTheOffsetOfTheBadSequence) {
  const std::string start = "0123456789\u00e9";  // 12 bytes
  for (const char* bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xEF\xBF", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xC3z", "\xE4\xB8z", "\xF0\x9F\x98"}) {
    EXPECT_EQ(FindInvalidUtf8(start + bad), 12u);
    EXPECT_EQ(FindInvalidUtf8(start + bad + "and more text"), 12u);
  }
}

TEST(CheckUtf8, NamesTheOffset) {
  try {
    CheckUtf8("ab\xFFz");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("not valid UTF-8 at byte 2 of 4"));
  }
}

// Expected values: CPython 3.11.
TEST(PythonCapitalize, IsPythons) {
  EXPECT_EQ(PythonCapitalize(""), "");
  EXPECT_EQ(PythonCapitalize("hELLO wORLD"), "Hello world");
  EXPECT_EQ(PythonCapitalize(" hELLO"), " hello");
  EXPECT_EQ(PythonCapitalize("1ABC"), "1abc");
  EXPECT_EQ(PythonCapitalize("\u00e9COLE"), "\u00c9cole");
  EXPECT_EQ(PythonCapitalize("\u00dfA"), "Ssa");
  EXPECT_EQ(PythonCapitalize("\ufb01X"), "Fix");
  EXPECT_EQ(PythonCapitalize("\u01c6\u01c4"), "\u01c5\u01c6");
  EXPECT_EQ(PythonCapitalize("a\u0130"), "Ai\u0307");
  EXPECT_EQ(PythonCapitalize("\u0149A"), "\u02bcNa");
  EXPECT_EQ(PythonCapitalize("\u10d0\u10d1"), "\u10d0\u10d1");  // Georgian has no title case
}

TEST(PythonCapitalize, FinalSigma) {
  EXPECT_EQ(PythonCapitalize("\u03a3"), "\u03a3");
  EXPECT_EQ(PythonCapitalize("\u039f\u03a3"), "\u039f\u03c2");
  EXPECT_EQ(PythonCapitalize("\u039f\u03a3\u039f"), "\u039f\u03c3\u03bf");
  EXPECT_EQ(PythonCapitalize("\u039f\u03a3."), "\u039f\u03c2.");
  EXPECT_EQ(PythonCapitalize("\u039f\u03a3.\u039f"),
            "\u039f\u03c3.\u03bf");  // the full stop is case-ignorable
  EXPECT_EQ(PythonCapitalize("1 \u03a3"), "1 \u03c3");
}

TEST(PythonStrip, IsPythons) {
  EXPECT_EQ(
      PythonStrip(" \t\n\v\f\r\x1c\x1d\x1e\x1f\u0085\u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000"),
      "");
  EXPECT_EQ(PythonStrip("\u3000 a b \u2028"), "a b");
  EXPECT_EQ(PythonLStrip("\u3000 a b \u2028"), "a b \u2028");
  EXPECT_EQ(PythonStrip("\u200b\u180e\ufeff"), "\u200b\u180e\ufeff");  // not white space to Python
  EXPECT_EQ(PythonStrip(""), "");
}

}  // namespace
}  // namespace vffn
