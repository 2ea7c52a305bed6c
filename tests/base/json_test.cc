#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/foreign_json.h"
#include "base/valid_utf8.h"

namespace vffn {
namespace {

std::string ParseErrorOf(std::string_view text) {
  try {
    ParseJson(text, "here.json");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ParseJson, ReadsAValue) { EXPECT_EQ(ParseJson(R"({"a": [1, 2]})", "x")["a"][1], 2); }

TEST(ParseJson, SaysWhatIsWrongAndWhere) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"", "column 1: the text is empty"},
      {" \n ", "line 2, column 2: the text is empty"},
      {R"({"a": })", "column 7: a value is expected, there is }"},
      {R"({"a": 1 "b": 2})", "column 8: a comma is missing after this value"},
      {"{\n  \"a\": [1, 2]\n  \"b\": 2\n}", "line 2, column 14: a comma is missing after this value"},
      {"[1\n 2]", "column 3: a comma is missing after this value"},
      {R"({"é": "ü" "b": 2})", "column 10: a comma is missing after this value"},
      {R"({"a": 1,})", "column 8: a comma stands before the closing }"},
      {"[1, 2,\n]", "column 6: a comma stands before the closing ]"},
      {R"({"a" 1})", "column 5: a colon is missing after this name"},
      {R"({a: 1})", "column 2: the name of a field, in double quotes, is expected, there is a"},
      {R"({'a': 1})", "column 2: a name stands in double quotes"},
      {R"(['a'])", "column 2: a text stands in double quotes"},
      {R"({"a": True})", "column 7: True is Python's; JSON has true"},
      {R"([None])", "column 2: None is Python's; JSON has null"},
      {R"([1, NaN])", "column 5: NaN is no JSON number; write null"},
      {R"([-Infinity])", "column 2: -Infinity is no JSON number"},
      {R"([01])", "column 2: 01 is neither a number nor"},
      {R"([+1])", "column 2: +1 is neither a number nor"},
      {R"([1.])", "column 2: 1. is neither a number nor"},
      {R"([.5])", "column 2: .5 is neither a number nor"},
      {R"([1e])", "column 2: 1e is neither a number nor"},
      {R"({"a": yes})", "column 7: yes is neither a number nor"},
      {"[1, // one\n2]", "column 5: a value is expected; JSON has no comments"},
      {"[1, 2", "column 6: the text ends inside this list: ] is missing"},
      {"{\"a\": \"b\n\"}", "column 7: this text has no closing quote on its line"},
      {"[\"a", "column 2: this text has no closing quote"},
      {"[\"a\tb\"]", "column 4: a control character stands in a text, there is the byte 0x09"},
      {R"(["C:\dir"])", "column 5: a backslash stands before another character"},
      {R"(["\u12"])", "column 3: \\u needs four hexadecimal digits"},
      {R"(["\ud800x"])", "half a surrogate pair"},
      {"[\"\xff\"]", "a text that is not UTF-8"},
      {"{} {}", "column 4: more text follows the end of the JSON value, there is {"},
      {"[1}", "column 3: a comma or ] is expected, there is }"},
      {"[1; 2]", "column 3: a comma or ] is expected, there is ;"},
  };
  for (const auto& [text, message] : cases) {
    const std::string error = ParseErrorOf(text);
    EXPECT_THAT(error, testing::StartsWith("here.json: not valid JSON at ")) << text;
    EXPECT_THAT(error, testing::HasSubstr(message)) << text;
    EXPECT_THAT(error, testing::Not(testing::HasSubstr("json.exception"))) << text;
  }
}

// Wherever a text is cut or a byte of it changed, the message is this program's own.
TEST(ParseJson, NeverShowsTheLibrarysMessage) {
  const std::string text = R"({"a": [1, -2.5e3, "x\u00e9\n", true], "b": {"c": null, "é": []}})";
  for (size_t at = 0; at < text.size(); ++at) {
    for (const std::string& damaged :
         {text.substr(0, at), std::string(text).replace(at, 1, "\xff"),
          std::string(text).replace(at, 1, "\\"), std::string(text).replace(at, 1, "}"),
          std::string(text).erase(at, 1)}) {
      const std::string error = ParseErrorOf(damaged);
      EXPECT_TRUE(error.empty() || error.starts_with("here.json: not valid JSON at column ")) << error;
      EXPECT_THAT(error, testing::Not(testing::HasSubstr("exception"))) << damaged;
    }
  }
}

TEST(ParseJson, SaysThatANumberIsTooLarge) {
  EXPECT_EQ(ParseErrorOf("[1e999]"), "here.json: a JSON number is too large for a double (above 1.8e308)");
}

TEST(ReadJsonFile, NamesTheLineOfAFile) {
  const auto path = std::filesystem::path(testing::TempDir()) / "vffn_json_test.json";
  std::ofstream(path) << "{\"a\": 1,}";
  try {
    ReadJsonFile(path);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.what(), path.string() +
                                ": not valid JSON at line 1, column 8: a comma stands before the closing }, "
                                "where JSON allows none");
  }
}

TEST(ParseForeignJson, ReadsPythonsConstantsAsNull) {
  const Json json =
      ParseForeignJson(R"({"a": NaN, "b": [-Infinity, Infinity], "NaN": "NaN \" Infinity"})", "x");
  EXPECT_TRUE(json["a"].is_null());
  EXPECT_EQ(json["b"].dump(), "[null,null]");
  EXPECT_EQ(json["NaN"], "NaN \" Infinity");
  try {
    ParseForeignJson(R"({"a": NaN, "b" 1})", "x");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "x: not valid JSON at column 15: a colon is missing after this name");
  }
}

TEST(ValidUtf8, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(ValidUtf8("dossier_\xe9t\xe9/é"), "dossier_\uFFFDt\uFFFD/é");
  EXPECT_EQ(ValidUtf8("plain"), "plain");
}

TEST(ParseJson, RefusesDuplicateKeys) {
  EXPECT_THAT(ParseErrorOf(R"({"a": 1, "b": {"a": 2}, "a": 3})"),
              testing::HasSubstr("duplicate JSON key \"a\""));
}

TEST(ParseJson, RefusesDeepNesting) {
  EXPECT_THAT(ParseErrorOf(std::string(100000, '[')), testing::HasSubstr("nested deeper"));
}

TEST(ParseJson, RefusesMalformedUtf8) {
  EXPECT_THAT(ParseErrorOf("\"\xff\""), testing::HasSubstr("not valid JSON"));
}

TEST(ParseJson, RefusesTrailingText) { EXPECT_NE(ParseErrorOf("1 2"), ""); }

}  // namespace
}  // namespace vffn
