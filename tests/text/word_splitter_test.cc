#include "text/word_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/error.h"
#include "tests/text/golden.h"
#include "text/char_class.h"
#include "text/character_sets.h"
#include "text/utf8.h"

namespace vffn {
namespace {

std::vector<std::string_view> Words(const WordSplitter& splitter, std::string_view text) {
  std::vector<std::string_view> words;
  splitter.Split(text, words);
  return words;
}

std::string MessageFor(std::string_view pattern) {
  try {
    MakePatternSplitter(pattern);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// The scanners are another statement of the patterns: each proves the other.
class Scanner : public testing::TestWithParam<std::string_view> {
 protected:
  void Compare(std::string_view text) { ASSERT_EQ(Words(*scanner_, text), Words(*regex_, text)) << text; }
  const std::unique_ptr<const WordSplitter> scanner_ = MakePatternSplitter(GetParam());
  const std::unique_ptr<const WordSplitter> regex_ = MakeRegexSplitter(GetParam());
};

TEST_P(Scanner, EveryCodePointInContext) {
  for (uint32_t code = 0; code < 0x110000; code += code < 0x3400 ? 1 : 7) {
    if (code < 0xD800 || code > 0xDFFF) {
      std::string c;
      AppendUtf8(code, c);
      Compare("a" + c + "b 1" + c + "23 " + c + " '" + c + c + "\n" + c + " \r\n " + c + "e 'r" + c);
    }
  }
}

TEST_P(Scanner, RandomTexts) {
  const std::vector<std::string> pieces = {
      " ",       "  ",     "\n",     "\r", "\t",  "\u00a0", "\u3000", "\u180e",     "\u2028",
      "'",       "'s",     "'S",     "'T", "'rE", "'l",     "ll",     "'d",         "\u017f",
      "'\u017f", "s",      "re",     "x",  "ABC", "\u00e9", "\u4e2d", "1",          "23",
      "4567",    "\u00bd", "\u0663", "!",  "...", "_",      "\u0301", "\U0001f600", "\u200d"};
  std::mt19937 random(17);
  for (int i = 0; i < 50000; ++i) {
    std::string text;
    for (size_t count = 1 + random() % 10; count > 0; --count) {
      text += pieces[random() % pieces.size()];
    }
    Compare(text);
  }
}

INSTANTIATE_TEST_SUITE_P(Patterns, Scanner, testing::Values(kGpt2Pattern, kLlama3Pattern, kQwen2Pattern));

TEST(RegexSplitter, LongRunsDoNotExhaustTheStack) {
  for (const std::string_view pattern : {kGpt2Pattern, kLlama3Pattern}) {
    const auto splitter = MakeRegexSplitter(pattern);
    for (const char c : {'a', ' ', '\n', '=', '1'}) {
      size_t bytes = 0;
      for (const std::string_view word : Words(*splitter, std::string(3000000, c))) {
        bytes += word.size();
      }
      EXPECT_EQ(bytes, 3000000u);
    }
  }
}

TEST(RegexSplitter, RefusesWhatItDoesNotKnow) {
  using testing::HasSubstr;
  EXPECT_THAT(MessageFor(R"(\p{Klingon}+)"),
              HasSubstr("the property \\p{Klingon} at byte 3, which is not supported"));
  EXPECT_THAT(MessageFor(R"((a)\1)"), HasSubstr("a back-reference"));
  EXPECT_THAT(MessageFor(R"(\X)"), HasSubstr("the escape \\X"));
  EXPECT_THAT(MessageFor("(?~a)"), HasSubstr("an unknown kind of group"));
  EXPECT_THAT(MessageFor("(*FAIL)"), HasSubstr("a callout"));
  EXPECT_THAT(MessageFor("(a"), HasSubstr("a ( without )"));
  EXPECT_THAT(MessageFor("a)"), HasSubstr("a ) without ("));
  EXPECT_THAT(MessageFor("[a"), HasSubstr("ends too early"));
  EXPECT_THAT(MessageFor("[z-a]"), HasSubstr("an empty range"));
  EXPECT_THAT(MessageFor("+a"), HasSubstr("a quantifier of nothing"));
  EXPECT_THAT(MessageFor("(?<=a+)b"), HasSubstr("lookbehind"));
}

TEST(DigitSplitter, CutsNumbers) {
  EXPECT_THAT(Words(*MakeDigitSplitter(true), "ab12\u00bdc3"),
              testing::ElementsAre("ab", "1", "2", "\u00bd", "c", "3"));
  EXPECT_THAT(Words(*MakeDigitSplitter(false), "ab12\u00bdc3"),
              testing::ElementsAre("ab", "12\u00bd", "c", "3"));
}

TEST(LiteralSplitter, TreatsTheDelimiterAsTold) {
  using testing::ElementsAre;
  EXPECT_THAT(Words(*MakeLiteralSplitter("-", {Delimiter::kIsolated}), "-a--b"),
              ElementsAre("-", "a", "-", "-", "b"));
  EXPECT_THAT(Words(*MakeLiteralSplitter("-", {Delimiter::kRemoved}), "-a--b"), ElementsAre("a", "b"));
  EXPECT_THAT(Words(*MakeLiteralSplitter("-", {Delimiter::kWithPrevious}), "-a--b"),
              ElementsAre("-", "a-", "-", "b"));
  EXPECT_THAT(Words(*MakeLiteralSplitter("-", {Delimiter::kWithNext}), "a--b-"),
              ElementsAre("a", "-", "-b", "-"));
}

TEST(CharacterSets, EachFollowsItsVersion) {
  EXPECT_FALSE(CategorySet("N").Contains(0x11DE0));  // a digit of Unicode 17
  EXPECT_TRUE(RustNumericSet().Contains(0x11DE0));
  EXPECT_TRUE(CategorySet("P").Contains(0x2E43));  // a dash of Unicode 9
  EXPECT_FALSE(RustPunctuationSet().Contains(0x2E43));
  EXPECT_TRUE(RustPunctuationSet().Contains('$'));
  EXPECT_TRUE(BareWordSet().Contains(0xBD));
  EXPECT_FALSE(WordSet().Contains(0xBD));
  EXPECT_TRUE(RustWordSet().Contains(0x200D));
  EXPECT_EQ(*FindProperty("uppercase_letter"), CategorySet("Lu"));
  EXPECT_EQ(*FindProperty("Hani"), *FindProperty("Han"));
  EXPECT_TRUE(FindPosixClass("punct")->Contains('+'));
  EXPECT_FALSE(FindProperty("Punct")->Contains('+'));
  EXPECT_FALSE(FindProperty("Klingon"));
}

TEST(CodePointSet, Algebra) {
  const CodePointSet set = {{'d', 'f'}, {'a', 'c'}, {'x', 'x'}};
  EXPECT_EQ(set.ranges().size(), 2u);
  EXPECT_EQ(~~set, set);
  EXPECT_EQ(set & CodePointSet::Of('x'), CodePointSet::Of('x'));
  EXPECT_EQ(set - CodePointSet::Of('x'), (CodePointSet{{'a', 'f'}}));
  EXPECT_TRUE((~set).Contains(CodePointSet::kLast));
  EXPECT_EQ((~CodePointSet()).ranges().size(), 1u);
}

TEST(CharClasses, FollowUnicode16) {
  EXPECT_EQ(CharClasses()['a'], CharClass::kLetter);
  EXPECT_EQ(CharClasses()[0xBD], CharClass::kNumber);
  EXPECT_EQ(CharClasses()[0x3000], CharClass::kWhitespace);
  EXPECT_EQ(CharClasses()[0x180E], CharClass::kOther);
  EXPECT_EQ(CharClasses()[0x1C89], CharClass::kLetter);   // new in 16.0
  EXPECT_EQ(CharClasses()[0x10D40], CharClass::kNumber);  // new in 16.0
}

}  // namespace
}  // namespace vffn
