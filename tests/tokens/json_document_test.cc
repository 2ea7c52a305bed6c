#include "tokens/json_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/random.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::HasSubstr;

std::string MessageOf(std::string_view line) {
  return ErrorOf([&] { JsonDocumentReader("text", "id").Read(line); });
}

TEST(JsonDocument, TakesTextAndIdentifier) {
  JsonDocumentReader reader("text", "id");
  reader.Read(R"( {"x":[1,{"text":"no"},-0.5e+3,true,null],"id":"a\"b","text":"A\u00e9\ud83d\ude00\n\/"} )");
  EXPECT_EQ(reader.text(), "A\xC3\xA9\xF0\x9F\x98\x80\n/");
  EXPECT_EQ(reader.id(), "a\"b");
  reader.Read(R"({"text":"plain text longer than eight bytes","id":-12})");
  EXPECT_EQ(reader.text(), "plain text longer than eight bytes");
  EXPECT_EQ(reader.id(), "-12");
  JsonDocumentReader without("body", "");
  without.Read(R"({"body":"b","id":null})");
  EXPECT_EQ(without.text(), "b");
  EXPECT_EQ(without.id(), "");
}

TEST(JsonDocument, WhatIsWrongIsNamed) {
  EXPECT_THAT(MessageOf(R"({"id":"1"})"), HasSubstr("no field \"text\"; name the field that has the text"));
  EXPECT_THAT(MessageOf(R"({"text":"a"})"), HasSubstr("--id_field"));
  EXPECT_THAT(MessageOf(R"({"text":null,"id":"1"})"), HasSubstr("\"text\" is not a string"));
  EXPECT_THAT(MessageOf(R"({"text":"a","text":"b","id":"1"})"), HasSubstr("two fields \"text\""));
  EXPECT_THAT(MessageOf(R"({"text":"a","id":1.5})"), HasSubstr("neither a string nor an integer"));
  EXPECT_THAT(MessageOf(R"({"text":"a","id":"1","x":NaN})"), HasSubstr("NaN"));
  EXPECT_THAT(MessageOf(R"({"text":"a","id":"1"} x)"),
              HasSubstr("byte 22 of the line: text after the object"));
  EXPECT_THAT(MessageOf(R"({"text":"a)"), HasSubstr("ends too early"));
  EXPECT_THAT(MessageOf(R"({"text":"\ud800","id":"1"})"), HasSubstr("surrogate"));
  EXPECT_THAT(MessageOf("{\"text\":\"a\tb\",\"id\":\"1\"}"), HasSubstr("control character"));
  EXPECT_THAT(MessageOf(R"({"text":"\x","id":"1"})"), HasSubstr("escape"));
  EXPECT_THAT(MessageOf(R"({"text":"a","id":"1","x":01})"), HasSubstr("begins with 0"));
  EXPECT_THAT(MessageOf(R"(["text"])"), HasSubstr("expected an object"));
  EXPECT_THAT(MessageOf(R"({"text":"a","id":"1",})"), HasSubstr("expected '\"'"));
  const std::string deep = R"({"text":"a","id":"1","x":)" + std::string(100'000, '[');
  EXPECT_THAT(MessageOf(deep), HasSubstr("nested too deeply"));
}

/// Random changes of a line: accepted exactly when the general parser accepts it, with the same strings.
TEST(JsonDocument, AgreesWithTheGeneralParser) {
  const std::string line =
      R"({"a":[1,-2.5e3,{"b":"\u00e9\\","c":[]}],"text":"some \"text\" \ud83d\ude00 here","n":null,"id":"x1"})";
  const std::string bytes = R"({}[]":,\ud83e0123456789-+.eEtrufalsn x)";
  Random random(1, "changes");
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string changed = line;
    for (uint64_t change = random.Below(3); change-- > 0;) {
      const size_t at = random.Below(changed.size());
      const std::string byte(1, bytes[random.Below(bytes.size())]);
      changed.replace(at, random.Below(2), random.Below(2) == 0 ? byte : "");
    }
    Json parsed;
    bool valid = true;
    try {
      parsed = Json::parse(changed);
    } catch (const Json::out_of_range&) {
      continue;  // a number too large for a double is JSON all the same
    } catch (const std::exception&) {
      valid = false;
    }
    JsonDocumentReader reader("text", "id");
    const std::string message = ErrorOf([&] { reader.Read(changed); });
    if (message.empty()) {
      ASSERT_TRUE(valid) << changed;
      ASSERT_EQ(parsed["text"], reader.text()) << changed;
      ++accepted;
    } else if (message.starts_with("not JSON")) {
      ASSERT_FALSE(valid) << changed << ": " << message;
    }
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace vffn
