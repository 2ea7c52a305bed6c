#include "tasks/doc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Doc Make(const char* json) { return Doc(ParseJson(json, "test"), 7, "file.jsonl:8"); }

TEST(Doc, GivesFieldsByType) {
  const Doc doc = Make(R"({"text": "a", "choices": {"label": ["A", "B"]}, "number": -3, "digits": "12"})");
  EXPECT_EQ(doc.doc_id(), 7);
  EXPECT_EQ(doc.String("text"), "a");
  EXPECT_THAT(doc.Strings("choices.label"), ElementsAre("A", "B"));
  EXPECT_EQ(doc.Int("number"), -3);
  EXPECT_EQ(doc.Int("digits"), 12);
}

TEST(Doc, NamesOriginAndField) {
  const Doc doc = Make(R"({"text": 1, "choices": {"label": ["A", 2]}, "null": null})");
  EXPECT_EQ(MessageOf([&] { doc.String("goal"); }), "file.jsonl:8: goal is missing");
  EXPECT_EQ(MessageOf([&] { doc.String("text"); }), "file.jsonl:8: text is 1, should be a string");
  EXPECT_EQ(MessageOf([&] { doc.String("null"); }), "file.jsonl:8: null is missing");
  EXPECT_THAT(MessageOf([&] { doc.Strings("choices.text"); }), HasSubstr("choices.text is missing"));
  EXPECT_THAT(MessageOf([&] { doc.Strings("text.text"); }), HasSubstr("text should be a JSON object"));
  EXPECT_THAT(MessageOf([&] { doc.Strings("choices.label"); }),
              HasSubstr("choices.label is 2, should be a string"));
  EXPECT_THAT(MessageOf([&] { doc.Strings("choices"); }), HasSubstr("should be a list"));
}

TEST(Doc, RefusesWhatIsNoInteger) {
  const Doc doc =
      Make(R"({"a": 1.0, "b": "1 ", "c": "", "d": "99999999999999999999", "e": 18446744073709551615,
                           "f": true})");
  EXPECT_THAT(MessageOf([&] { doc.Int("a"); }), HasSubstr("a is 1.0, should be a whole number"));
  EXPECT_THAT(MessageOf([&] { doc.Int("b"); }), HasSubstr("b is \"1 \", should be a whole number"));
  EXPECT_THAT(MessageOf([&] { doc.Int("c"); }),
              HasSubstr("should be a whole number (a split without answers?)"));
  EXPECT_THAT(MessageOf([&] { doc.Int("d"); }), HasSubstr("should be a whole number"));
  EXPECT_THAT(MessageOf([&] { doc.Int("e"); }), HasSubstr("should be a whole number from"));
  EXPECT_THAT(MessageOf([&] { doc.Int("f"); }), HasSubstr("f is true, should be a whole number"));
}

TEST(Doc, RefusesARecordThatIsNoObject) {
  EXPECT_EQ(MessageOf([] { Make("[1]"); }),
            "file.jsonl:8: a record must be a JSON object, this is of type array");
}

}  // namespace
}  // namespace vffn
