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
  EXPECT_EQ(MessageOf([&] { doc.String("goal"); }), "file.jsonl:8: field \"goal\" is missing");
  EXPECT_EQ(MessageOf([&] { doc.String("text"); }),
            "file.jsonl:8: field \"text\" must be a string, it is of type number");
  EXPECT_EQ(MessageOf([&] { doc.String("null"); }),
            "file.jsonl:8: field \"null\" must be a string, it is of type null");
  EXPECT_THAT(MessageOf([&] { doc.Strings("choices.text"); }),
              HasSubstr("field \"choices.text\" is missing"));
  EXPECT_THAT(MessageOf([&] { doc.Strings("text.text"); }), HasSubstr("field \"text.text\" is missing"));
  EXPECT_THAT(MessageOf([&] { doc.Strings("choices.label"); }), HasSubstr("element 1 is of type number"));
  EXPECT_THAT(MessageOf([&] { doc.Strings("choices"); }),
              HasSubstr("must be a list of strings, it is of type object"));
}

TEST(Doc, RefusesWhatIsNoInteger) {
  const Doc doc =
      Make(R"({"a": 1.0, "b": "1 ", "c": "", "d": "99999999999999999999", "e": 18446744073709551615,
                           "f": true})");
  EXPECT_THAT(MessageOf([&] { doc.Int("a"); }), HasSubstr("must be an integer"));
  EXPECT_THAT(MessageOf([&] { doc.Int("b"); }), HasSubstr("it is \"1 \""));
  EXPECT_THAT(MessageOf([&] { doc.Int("c"); }), HasSubstr("it is \"\" (a split without answers?)"));
  EXPECT_THAT(MessageOf([&] { doc.Int("d"); }), HasSubstr("must be an integer"));
  EXPECT_THAT(MessageOf([&] { doc.Int("e"); }), HasSubstr("is out of range"));
  EXPECT_THAT(MessageOf([&] { doc.Int("f"); }), HasSubstr("of type boolean"));
}

TEST(Doc, RefusesARecordThatIsNoObject) {
  EXPECT_EQ(MessageOf([] { Make("[1]"); }),
            "file.jsonl:8: a record must be a JSON object, this is of type array");
}

}  // namespace
}  // namespace vffn
