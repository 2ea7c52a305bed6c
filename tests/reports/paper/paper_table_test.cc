#include "reports/paper/paper_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/reports/paper/pdflatex.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// One column, one line for each number; "x" is what all are comparable by, unless said otherwise.
PaperGroup Column(const std::vector<std::string>& numbers) {
  PaperGroup group(1);
  for (const std::string& number : numbers) {
    group[0].lines.push_back({.name = "m", .cells = {{.number = number, .comparable = "x"}}});
  }
  return group;
}

std::string RanksIn(const PaperGroup& group, Better better) {
  std::string text;
  for (const std::vector<Rank>& block : RanksOf(group, {{"c", better}}, 0)) {
    for (const Rank rank : block) {
      text += rank == Rank::kBest ? 'b' : rank == Rank::kSecond ? 's' : rank == Rank::kOther ? '.' : '-';
    }
    text += ' ';
  }
  return text;
}

TEST(PaperRanks, GoByThePrintedNumber) {
  EXPECT_EQ(RanksIn(Column({"50.00", "52.33", "51.98", "48.10"}), Better::kHigher), ".bs. ");
  EXPECT_EQ(RanksIn(Column({"2.617", "2.623", "2.611"}), Better::kLower), "s.b ");
  EXPECT_EQ(RanksIn(Column({"9.99", "10.00"}), Better::kHigher), "sb ");
  EXPECT_EQ(RanksIn(Column({"-0.10", "-0.20", "0.00"}), Better::kHigher), "s.b ");
  EXPECT_EQ(RanksIn(Column({"1.00", "2.00"}), Better::kUnmarked), "-- ");
}

TEST(PaperRanks, AreSharedByEqualNumbers) {
  EXPECT_EQ(RanksIn(Column({"52.33", "52.33", "51.98", "51.98", "50.00"}), Better::kHigher), "bbss. ");
  EXPECT_EQ(RanksIn(Column({"52.33", "52.33"}), Better::kHigher), ".. ");  // nothing is better than another
  EXPECT_EQ(RanksIn(Column({"52.33"}), Better::kHigher), ". ");
  EXPECT_EQ(RanksIn(Column({"", "52.33", "51.00"}), Better::kHigher), "-bs ");
}

TEST(PaperRanks, AreOfWhatCanBeCompared) {
  PaperGroup group = Column({"50.00", "60.00", "55.00", "90.00"});
  group[0].lines[3].cells[0].comparable = "another profile";
  EXPECT_EQ(RanksIn(group, Better::kHigher), ".bs- ");
  group[0].lines[1].cells[0].comparable = "another profile";  // as many of both: the first set
  EXPECT_EQ(RanksIn(group, Better::kHigher), "s-b- ");
  group[0].lines[2].cells[0].comparable.clear();  // untrained, or docs are missing
  EXPECT_EQ(RanksIn(group, Better::kHigher), "-s-b ");
  group.push_back({.lines = {group[0].lines[0]}});  // below the next rule
  group[1].lines[0].cells[0].number = "61.00";
  EXPECT_EQ(RanksIn(group, Better::kHigher), "s--- b ");
}

PaperTable Sample(const std::vector<std::string>& names, size_t columns) {
  PaperTable table{.name_title = "Method", .groups = {{{}}}, .caption = "A caption.", .label = "tab:sample"};
  for (size_t i = 0; i < columns; ++i) {
    table.columns.push_back({"ARC-" + std::string(1, static_cast<char>('a' + i)), Better::kHigher});
  }
  for (size_t row = 0; row < names.size(); ++row) {
    PaperLine line{.name = names[row]};
    for (size_t i = 0; i < columns; ++i) {
      line.cells.push_back({.number = "5" + std::to_string(row % 10) + ".12", .comparable = "x"});
    }
    table.groups[0][0].lines.push_back(line);
  }
  return table;
}

TEST(PaperTable, IsAWholeEnvironment) {
  PaperTable table = Sample({"Base", "VersatileFFN"}, 2);
  table.groups[0][0].lines[0].cells[0] = {.number = "-0.50", .subscript = "\\pm 0.10", .mark = "\\neq"};
  table.groups[0][0].lines[1].cells[1] = {};
  table.groups[0][0].heading = "354M, ours";
  EXPECT_EQ(ToLatex(table),
            "% The preamble needs: \\usepackage{booktabs}\n"
            "\\begin{table}[t]\n"
            "\\centering\n"
            "\\caption{A caption.}\n"
            "\\label{tab:sample}\n"
            "\\setlength{\\abovetopsep}{4pt}\n"
            "\\setlength{\\tabcolsep}{6pt}\n"
            "\\begin{tabular}{@{}lrr@{}}\n"
            "\\toprule\n"
            "Method & ARC-a & ARC-b \\\\\n"
            "\\midrule\n"
            "\\multicolumn{3}{@{}l}{\\emph{354M, ours}} \\\\\n"
            "Base & $-$0.50$_{\\pm 0.10}$\\rlap{$^{\\neq}$} & 50.12 \\\\\n"
            "VersatileFFN & 51.12 & --- \\\\\n"
            "\\bottomrule\n"
            "\\end{tabular}\n"
            "\\end{table}\n");
}

TEST(PaperTable, TakesBothColumnsOfAPageIfItIsWide) {
  EXPECT_THAT(ToLatex(Sample({"Base"}, 4)), HasSubstr("\\begin{table}[t]"));
  const std::string wide = ToLatex(Sample({"Base"}, 10));
  EXPECT_THAT(wide, HasSubstr("\\begin{table*}[t]"));
  EXPECT_THAT(wide, HasSubstr("\\end{table*}"));
}

TEST(PaperTable, SaysWhichNumbersAreNotRanked) {
  PaperTable table = Sample({"a", "b", "c"}, 2);
  EXPECT_TRUE(HasRanks(table));
  EXPECT_THAT(UnrankedNumbers(table), ElementsAre());
  for (PaperCell& cell : table.groups[0][0].lines[2].cells) {
    cell.comparable = "other";
  }
  table.groups[0][0].lines[2].kind = "profile lm-eval";
  PaperTable parts = table;
  parts.groups[0][0].lines[2].cells[1].comparable = parts.groups[0][0].lines[0].cells[1].comparable;
  EXPECT_THAT(UnrankedNumbers(parts), ElementsAre("ARC-a of c"));
  EXPECT_THAT(UnrankedNumbers(table), ElementsAre("c (profile lm-eval)"));
  DropEmptyColumns({true, true}, table);
  EXPECT_EQ(table.columns.size(), 2U);
  for (PaperLine& line : table.groups[0][0].lines) {
    line.cells[0] = {};
  }
  DropEmptyColumns({false, false}, table);
  EXPECT_EQ(table.columns.size(), 2U);
  DropEmptyColumns({true, true}, table);
  EXPECT_EQ(table.columns.size(), 1U);
  EXPECT_EQ(table.groups[0][0].lines[0].cells.size(), 1U);
}

/// With VFFN_REQUIRE_LATEX=1, as in continuous integration, a missing program is a failure.
class PaperInLatex : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string lacks = WhatLatexLacks(); !lacks.empty()) {
      const char* required = std::getenv("VFFN_REQUIRE_LATEX");
      if (required != nullptr && std::string(required) == "1") {
        FAIL() << lacks << " (VFFN_REQUIRE_LATEX=1)";
      }
      GTEST_SKIP() << lacks;
    }
  }
};

const std::vector<std::string>& HostileNames() {
  static const std::vector<std::string> names = {
      "[new]",
      "*star",
      "a_b",
      "50% $x$",
      "x & y",
      "#1 {z}",
      "~ ^",
      "\\foo",
      "a--b",
      "q\"q|p",
      "<b>",
      "Café Łódź",
      "λ-gate Δ",
      "模型 🚀",
      "a\nb",
      "experiments/2026_very_long_name_of_a_run/that_never_ends_at_all",
      std::string(70, 'm').c_str(),
      "模型模型模型模型模型模型模型模型"};
  return names;
}

TEST_F(PaperInLatex, HostileNamesComeOutAsTheyAre) {
  for (const char* options : {"", "twocolumn"}) {
    const SetDocument document = SetLatex("paper-names", options, ToLatex(Sample(HostileNames(), 9)));
    ASSERT_EQ(document.fault, "");
    EXPECT_EQ(document.overfull, 0);
    // Narrow blanks, and the underscore, which is a rule, are no characters in the PDF.
    std::string text = document.text;
    std::erase(text, ' ');
    for (const char* name : {"[new]", "*star", "50%$x$", "x&y", "#1{z}", "\\foo", "a--b", "q\"q|p", "<b>",
                             "λ-gate∆", "U+6A21U+578BU+1F680", "experiments/2026"}) {
      EXPECT_THAT(text, HasSubstr(name)) << document.text;
    }
    EXPECT_THAT(document.text, HasSubstr("50.12")) << "the first row, \"[new]\", is no option of \\midrule";
    EXPECT_THAT(document.text, Not(HasSubstr("midrule")));
  }
}

TEST_F(PaperInLatex, TablesFitTheirPage) {
  const auto expect_fit = [](size_t columns, const std::string& options) {
    const PaperTable table = Sample({"Base", "VersatileFFN (our run of it)", "k-Loop"}, columns);
    const SetDocument document =
        SetLatex("paper-" + std::to_string(columns) + options, options, ToLatex(table));
    EXPECT_EQ(document.fault, "");
    EXPECT_EQ(document.overfull, 0) << columns << " columns, " << options;
  };
  for (const size_t columns : {1, 3, 5, 8, 10}) {
    expect_fit(columns, "");
    expect_fit(columns, "twocolumn");
  }
  for (const size_t columns : {12, 20}) {  // scaled
    expect_fit(columns, "");
    expect_fit(columns, "twocolumn");
  }
}

}  // namespace
}  // namespace vffn
