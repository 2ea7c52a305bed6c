#include "reports/comparison/printed_cell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vffn {
namespace {

std::string Read(const char* text, bool decimal_comma = false) {
  const auto printed = ParsePrintedCell(text, decimal_comma);
  return printed ? ToString(printed->value) + (printed->percent_sign ? "%" : "") : "none";
}

TEST(ParsePrintedCell, ReadsNumbersAsTheyAreSet) {
  const std::pair<const char*, const char*> cases[] = {
      {"70.51", "70.51"},
      {" 70.51 ", "70.51"},
      {".7051", "0.7051"},
      {"70", "70"},
      {"70.51%", "70.51%"},
      {"70.51 %", "70.51%"},
      {"**52.28**", "52.28"},
      {"**52.28**%", "52.28%"},
      {"__52.28__", "52.28"},
      {"*52.28*", "52.28"},
      {"<u>52.28</u>", "52.28"},
      {"<b>52.28</b><sup>2</sup>", "52.28"},
      {"`52.28`", "52.28"},
      {"[52.28](https://x.org/a_b)", "52.28"},
      {R"(\textbf{52.28})", "52.28"},
      {R"(\textbf{\underline{52.28}})", "52.28"},
      {R"({\bf 52.28})", "52.28"},
      {R"($\mathbf{52.28}$)", "52.28"},
      {R"(52.28\%)", "52.28%"},
      {R"(52.28\,\%)", "52.28%"},
      {R"(\cellcolor{gray!20}52.28)", "52.28"},
      {R"(\cellcolor[HTML]{FFFFFF}{52.28})", "52.28"},
      {R"(\textcolor{red}{52.28})", "52.28"},
      {R"($52.28_{\pm 0.3}$)", "52.28"},
      {R"(52.28 \pm 0.3)", "52.28"},
      {R"(52.28\textsuperscript{a})", "52.28"},
      {R"(52.28$^{\dagger}$)", "52.28"},
      {"70.5 ± 1.2", "70.5"},
      {"70.5±1.2%", "70.5%"},
      {"70.5 +/- 1.2", "70.5"},
      {"70.5 +- 1.2", "70.5"},
      {"70.5 (1.2)", "70.5"},
      {"70.5 (+1.2)", "70.5"},
      {"70.5*", "70.5"},
      {"70.5†", "70.5"},
      {"70.5 ↑", "70.5"},
      {"70.5\xC2\xA0%", "70.5%"},
      {"1,838", "1838"},
      {"12,345.5", "12345.5"},
      {"70,51", "70.51"},
      {"0,705", "0.705"},
      {"0.7051142546245919", "0.705114255"},
      {"", "none"},
      {"-", "none"},
      {"–", "none"},
      {"n/a", "none"},
      {"-1.5", "none"},
      {"70.5.1", "none"},
      {"1,83", "1.83"},
      {"1,8,3", "none"},
      {"70.5 of 100", "none"},
      {"70.5x", "none"},
      {".", "none"},
      {"1e2", "none"},
      {"12345678", "none"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(Read(text), expected) << text;
  }
}

TEST(ParsePrintedCell, ReadsDecimalCommas) {
  EXPECT_EQ(Read("70,51", true), "70.51");
  EXPECT_EQ(Read("70,512", true), "70.512");
  EXPECT_EQ(Read("70,512", false), "70512");
  EXPECT_EQ(Read("1.838,5", true), "1838.5");
  EXPECT_EQ(Read("0,7051", true), "0.7051");
  EXPECT_EQ(Read("70.51", true), "70.51");
  EXPECT_EQ(Read("70,51 %", true), "70.51%");
}

TEST(PlainCell, RemovesMarkupAndKeepsNames) {
  EXPECT_EQ(PlainCell("**model_name_v2**"), "model_name_v2");
  EXPECT_EQ(PlainCell(R"(\textsc{Versatile}FFN (ours)~\citep{x2025})"), "VersatileFFN (ours)");
  EXPECT_EQ(PlainCell(R"(\multicolumn{1}{c|}{\textbf{ARC-C}})"), "ARC-C");
  EXPECT_EQ(PlainCell(R"(\multirow{4}{*}{354M})"), "354M");
  EXPECT_EQ(PlainCell(R"(R\&D\_x)"), "R&D_x");
  EXPECT_EQ(PlainCell("A, \"big\""), "A, \"big\"");
  EXPECT_EQ(PlainCell("a < b"), "a < b");
}

}  // namespace
}  // namespace vffn
