#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "reports/tables/display_width.h"
#include "reports/tables/table_data.h"
#include "reports/tables/table_text.h"
#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

using testing::HasSubstr;

/// Every kind of column: for all, for people, for programs, for one of CSV and JSON.
Table Sample() {
  Table table({{"model", "model"},
               {"questions", "n", kNumber, "size.questions"},
               {"clusters", "", kText, "size.clusters"},
               {{"score", "stderr"}, "score", kPercent},
               {{"low", "high"}, "interval", {.unit = {.scale = 100}, .sign = true}, "interval"},
               {"p", "p", kProbability},
               {"", "note"},
               {"csv", "", kText, ""},
               {"", "", kText, "json"}},
              "Models");
  table.AddRow("model", "a & b", "questions", 1000, "score", Cell(Estimate{0.5, 0.25}).Marked("#"), "low",
               ConfidenceInterval{-0.125, 0.5}, "p", 1e-5, "note", "first", "csv", true, "json",
               std::vector<std::string>{"x", "y"});
  table.AddRule();
  table.AddRow("model", "c,d", "score", Estimate{0.25, {}}, "low", std::nullopt, "p", std::nullopt);
  table.notes = {"a note"};
  return table;
}

TEST(Table, IsTextForPeople) {
  EXPECT_EQ(ToText(Sample(), TableFormat::kConsole),
            "Models\n"
            "model     n            score          interval       p  note\n"
            "─────────────────────────────────────────────────────────────\n"
            "a & b  1000  50.00 ± 25.00 #  [-12.50, +50.00]  <0.001  first\n"
            "─────────────────────────────────────────────────────────────\n"
            "c,d                    25.00                 -       -\n"
            "\n"
            "a note\n");
  EXPECT_THAT(ToText(Sample(), TableFormat::kMarkdown),
              testing::AllOf(testing::StartsWith("**Models**\n\n| model |"), HasSubstr("|-----:|-"),
                             testing::EndsWith("\n- a note\n")));
  EXPECT_THAT(ToText(Sample(), TableFormat::kLatex),
              testing::AllOf(HasSubstr("\\begin{tabular}{lrrrrl}\n"), HasSubstr("50.00 $\\pm$ 25.00 \\#"),
                             HasSubstr("a \\& b"), HasSubstr("\\midrule\nc,d")));
}

TEST(Table, IsDataForPrograms) {
  EXPECT_EQ(ToText(Sample(), TableFormat::kCsv),
            "model,questions,clusters,score,stderr,low,high,p,csv\n"
            "a & b,1000,,0.5,0.25,-0.125,0.5,1e-05,true\n"
            "\"c,d\",,,0.25,,,,,\n");
  EXPECT_EQ(
      ToJson(Sample()).dump(),
      R"([{"model":"a & b","size":{"questions":1000,"clusters":null},"score":0.5,"stderr":0.25,)"
      R"("interval":[-0.125,0.5],"p":1e-05,"json":["x","y"]},)"
      R"({"model":"c,d","size":null,"score":0.25,"stderr":null,"interval":null,"p":null,"json":null}])");
  EXPECT_EQ(RowToJson(Sample(), 0, {"p", "model"}).dump(), R"({"model":"a & b","p":1e-05})");
  Table fixed = Sample();
  fixed.csv_number = "%.3f";
  EXPECT_THAT(ToCsv(fixed), HasSubstr("1000,,0.500,0.250,-0.125,0.500,0.000,true\n"));
}

TEST(Table, HasNumbersToSortBy) {
  const ShownTable shown = Shown(Sample());
  ASSERT_EQ(shown.columns.size(), 6U);
  EXPECT_EQ(shown.rows[0][1].number, 1000);
  EXPECT_EQ(shown.rows[0][2].number, 50);
  EXPECT_EQ(shown.rows[1][2].text, "25.00");
  EXPECT_FALSE(shown.rows[0][0].number || shown.rows[0][3].number || shown.rows[1][1].number);
  EXPECT_EQ(Cell(Printed{"65.10"}).Number(kNumber), 65.1);
}

TEST(Table, ShowsUnits) {
  EXPECT_EQ(Cell(377487360).Text({.unit = {.per = 1e6, .decimals = 3}}), "377.487");
  EXPECT_EQ(Cell(354896896).Text({.grouped = true}), "354,896,896");
  EXPECT_EQ(Cell(-1234).Text({.grouped = true}), "-1,234");
  EXPECT_EQ(Cell(-123456).Text({.grouped = true}), "-123,456");
  EXPECT_EQ(Cell(0).Text(kSigned), "+0");
  EXPECT_EQ(Cell(0.5).In({.decimals = 4}).Text(kPercent), "0.5000");
  EXPECT_EQ(Cell(0.5).Text({.unit = {.scale = 100, .decimals = 0}, .before = "± ", .after = " %"}), "± 50 %");
  EXPECT_EQ(Cell(0.5).Shown("none needed").Text(kPercent), "none needed");
  EXPECT_EQ(Cell(std::optional<double>()).Text({.after = " %"}), "-");
}

TEST(Table, ExtendsItself) {
  Table table = Sample();
  table.Prepend(MakeRow("file", "f", "part", 2));
  Table all;
  all.Append(table);
  all.Append(table);
  const std::string csv = ToCsv(all);
  EXPECT_THAT(csv, testing::StartsWith("file,part,model,questions"));
  EXPECT_EQ(std::ranges::count(csv, '\n'), 5);
  EXPECT_THAT(csv, HasSubstr("f,2,\"c,d\""));
  EXPECT_THAT(MessageOf([&] { all.Append(Sample()); }), HasSubstr("11"));
  EXPECT_THAT(MessageOf([&] { table.AddRow("modle", "x"); }), HasSubstr("\"modle\""));
}

TEST(DisplayWidth, IsThatOfATerminal) {
  EXPECT_EQ(DisplayWidth("abc"), 3U);
  EXPECT_EQ(DisplayWidth("± −×─é"), 6U);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1U);               // e, combining acute
  EXPECT_EQ(DisplayWidth("模型"), 4U);                  // East Asian wide
  EXPECT_EQ(DisplayWidth("ＡＢ"), 4U);                  // full-width
  EXPECT_EQ(DisplayWidth("ｱ"), 1U);                     // half-width
  EXPECT_EQ(DisplayWidth("a\u200b\u200db\ufeff"), 2U);  // zero width
  EXPECT_EQ(DisplayWidth("\u1112\u1161\u11ab"), 2U);    // one syllable of conjoining jamo
  EXPECT_EQ(DisplayWidth("🚀"), 2U);
  EXPECT_EQ(DisplayWidth("a\xff"), 2U);  // no UTF-8
  EXPECT_EQ(DisplayWidth(""), 0U);
}

TEST(Table, AlignsWideAndCombiningNames) {
  Table table({{"model", "model"}, {"score", "score", kNumber}});
  for (const char* name : {"plain", "模型", "cafe\u0301", "🚀"}) {
    table.AddRow("model", name, "score", 1.5);
  }
  EXPECT_EQ(ToText(table, TableFormat::kConsole),
            "model  score\n"
            "────────────\n"
            "plain   1.50\n"
            "模型    1.50\n"
            "cafe\u0301    1.50\n"
            "🚀      1.50\n");
}

}  // namespace
}  // namespace vffn
