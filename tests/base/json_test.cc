#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

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

TEST(ParseJson, NamesOriginAndOffset) {
  EXPECT_THAT(ParseErrorOf("{\"a\": }"), testing::StartsWith("here.json: not valid JSON at byte 7"));
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
