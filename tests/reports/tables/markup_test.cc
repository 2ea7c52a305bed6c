// Texts of other people as LaTeX, Markdown and CSV show them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "reports/tables/csv.h"
#include "reports/tables/latex_text.h"
#include "reports/tables/markdown_text.h"
#include "reports/tables/number_text.h"
#include "reports/tables/table_data.h"
#include "reports/tables/table_text.h"

namespace vffn {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(LatexText, EscapesWhatLatexReads) {
  EXPECT_EQ(LatexText("a_b 50% x & y #1 $2 {z}"), "a\\_b 50\\% x \\& y \\#1 \\$2 \\{z\\}");
  EXPECT_EQ(LatexText("\\foo ~ ^"), "\\textbackslash{}foo \\textasciitilde{} \\textasciicircum{}");
  EXPECT_EQ(LatexText("[new]*"), "{[}new{]}{*}");
  EXPECT_EQ(LatexText("a--b ---"), "a-{}-b -{}-{}-");
  EXPECT_EQ(LatexText("?` a|b \"q\" a<b>c"), "?{}` a\\textbar{}b \\texttt{\"}q\\texttt{\"} a$<$b$>$c");
  EXPECT_EQ(LatexText("two\nlines\tand\rmore\x01"), "two lines and more ");
}

TEST(LatexText, SetsLatinAndGreekLettersAndNamesOthers) {
  EXPECT_EQ(LatexText("Café Łódź groß"), "Caf\\'{e} \\L{}\\'{o}d\\'{z} gro\\ss{}");
  EXPECT_EQ(LatexText("e\u0301"), "\\'{e}");  // the letter and its accent apart
  EXPECT_EQ(LatexText("ế"), "\\'{\\^{e}}");   // two accents
  EXPECT_EQ(LatexText("λ = 1 − Δ ± 2"), "$\\lambda$ = 1 $-$ $\\Delta$ $\\pm$ 2");
  EXPECT_EQ(LatexText("模型 🚀"), "\\texttt{U+6A21}\\texttt{U+578B} \\texttt{U+1F680}");
  EXPECT_EQ(LatexText("a\u200bb\ufeff"), "ab");
  EXPECT_EQ(LatexText("a\xff"), "a\\texttt{U+FFFD}");
  EXPECT_TRUE(HasCharactersWithoutLatex("模型"));
  EXPECT_FALSE(HasCharactersWithoutLatex("Café λ [new] \\texttt"));
}

TEST(MarkdownText, EscapesWhatMarkdownReads) {
  EXPECT_EQ(MarkdownText("a|b `c` *d* _e_ <f> [g](h) \\"),
            "a\\|b \\`c\\` \\*d\\* \\_e\\_ \\<f> \\[g\\](h) \\\\");
  EXPECT_EQ(MarkdownText("arc_easy 5_shot"), "arc_easy 5_shot");  // no emphasis within words
  EXPECT_EQ(MarkdownText("# head"), "\\# head");
  EXPECT_EQ(MarkdownText("- item"), "\\- item");
  EXPECT_EQ(MarkdownText("12. item"), "12\\. item");
  EXPECT_EQ(MarkdownText("-1.5 +2 12.5 #1"), "-1.5 +2 12.5 #1");
  EXPECT_EQ(MarkdownText("~~x~~ ~5 &lt; A & B $x$"), "\\~\\~x\\~\\~ ~5 \\&lt; A & B \\$x\\$");
  EXPECT_EQ(MarkdownText("two\nlines"), "two lines");
}

Table NamedTable(const std::string& name) {
  Table table({{"model", name + " model"}, {"score", "score", kNumber}}, name);
  table.AddRow("model", name, "score", 1.5);
  table.notes = {name + " noted"};
  return table;
}

TEST(Tables, EscapeTitlesCellsAndNotes) {
  const Table table = NamedTable("a|b\n# [c]");
  EXPECT_EQ(ToText(table, TableFormat::kMarkdown),
            "**a\\|b # \\[c\\]**\n\n"
            "| a\\|b # \\[c\\] model | score |\n"
            "|--------------------|------:|\n"
            "| a\\|b # \\[c\\]       |  1.50 |\n\n"
            "- a\\|b # \\[c\\] noted\n");
  const std::string latex = ToText(table, TableFormat::kLatex);
  EXPECT_THAT(latex, testing::StartsWith("% a|b # [c]\n"));
  EXPECT_THAT(latex, HasSubstr("\\midrule\na\\textbar{}b \\# {[}c{]} & 1.50 \\\\\n"));
  EXPECT_THAT(latex, HasSubstr("\n% a|b # [c] noted\n"));
  EXPECT_THAT(ToText(table, TableFormat::kConsole), HasSubstr("a|b # [c]         1.50\n"));
  EXPECT_THAT(ToText(NamedTable("[new]"), TableFormat::kLatex), HasSubstr("\\midrule\n{[}new{]} &"));
}

TEST(Tables, CsvReadsBackWhatItWrote) {
  const std::string name = "a,b \"c\"\nd\re";
  const CsvTable read = ParseCsv(ToText(NamedTable(name), TableFormat::kCsv), "csv");
  ASSERT_EQ(read.rows.size(), 1U);
  EXPECT_EQ(read.rows[0][0], name);
}

TEST(NumberText, ZeroHasNoSign) {
  EXPECT_EQ(FixedText(-0.001), "0.00");
  EXPECT_EQ(SignedText(-0.001), "0.00");
  EXPECT_EQ(SignedText(0), "0.00");
  EXPECT_EQ(SignedText(-0.006), "-0.01");
  EXPECT_EQ(SignedText(0.01), "+0.01");
  EXPECT_EQ(FormatText("%.6f", -1e-9), "0.000000");
  EXPECT_EQ(FormatText("%.4g", -0.0), "0");
  EXPECT_EQ(JsonOf(Cell(-0.0)).dump(), "0.0");
  EXPECT_EQ(JsonOf(Cell(ConfidenceInterval{-0.0, 1})).dump(), "[0.0,1.0]");
}

}  // namespace
}  // namespace vffn
