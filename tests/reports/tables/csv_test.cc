#include "reports/tables/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Csv, ReadsFields) {
  const CsvTable table = ParseCsv("a,b,c\n1,,3\r\n\"x,\"\"y\"\"\nz\",\"\",é", "f");
  EXPECT_THAT(table.header, ElementsAre("a", "b", "c"));
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_THAT(table.rows[0], ElementsAre("1", "", "3"));
  EXPECT_THAT(table.rows[1], ElementsAre("x,\"y\"\nz", "", "é"));
}

TEST(Csv, ReadsWhatItWrites) {
  for (const char* text : {"", "plain", "a,b", "say \"so\"", "two\nlines", "\r"}) {
    EXPECT_EQ(ParseCsv("h,i\n" + CsvField(text) + ",1\n", "f").rows.at(0).at(0), text);
  }
  EXPECT_EQ(CsvField("plain"), "plain");
}

TEST(Csv, SkipsBlankLinesAndTakesOtherSeparators) {
  const CsvTable table = ParseCsv("\r\n \na;b\n\n1,5; \"x;y\" \r\n\n", "f", ';');
  EXPECT_THAT(table.header, ElementsAre("a", "b"));
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_THAT(table.rows[0], ElementsAre("1,5", "x;y"));
  EXPECT_THAT(ParseCsv("a,b\n\"1\" , \"2\"\n", "f").rows.at(0), ElementsAre("1", "2"));
}

TEST(Csv, RefusesWhatIsNotRegular) {
  const auto message = [](std::string_view text) { return MessageOf([&] { ParseCsv(text, "f"); }); };
  EXPECT_EQ(message("a,b\n1,2\n"), "");
  EXPECT_THAT(message(""), StartsWith("f: "));
  EXPECT_THAT(message("a,a\n"), HasSubstr("twice"));
  EXPECT_THAT(message("a,b\n1,2\n1\n"), StartsWith("f:3: "));
  EXPECT_THAT(message("a,b\n1,2,3\n"), StartsWith("f:2: "));
  EXPECT_THAT(message("\n\na,b\n\n1\n"), StartsWith("f:5: "));
  EXPECT_THAT(message("a,b\n\"1,2\n"), HasSubstr("never closed"));
  EXPECT_THAT(message("a,b\n\"1\"x,2\n"), HasSubstr("closing quote"));
  EXPECT_THAT(message("a,b\n1\"x\",2\n"), StartsWith("f:2: "));
}

}  // namespace
}  // namespace vffn
