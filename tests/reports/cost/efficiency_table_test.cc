#include "reports/cost/efficiency_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"
#include "reports/tables/csv.h"

namespace vffn {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const EfficiencyRow& RowOf(const std::vector<EfficiencyRow>& rows, std::string_view scale,
                           std::string_view method) {
  for (const EfficiencyRow& row : rows) {
    if (row.scale == scale && row.method == method) {
      return row;
    }
  }
  ADD_FAILURE() << scale << " " << method;
  return rows.front();
}

// By hand: of the ten cells that the formula fixes, three are their exact values rounded, six are multiples
// of the rounded Base, and 2264.96 is neither.
TEST(EfficiencyTable, ExplainsEveryPrintedCell) {
  const std::vector<EfficiencyRow> rows = MakeEfficiencyRows();
  ASSERT_EQ(rows.size(), 12U);
  EXPECT_THAT(RowOf(rows, "354M", "Base").note, IsEmpty());
  EXPECT_THAT(RowOf(rows, "354M", "MoE").note, IsEmpty());
  EXPECT_THAT(RowOf(rows, "720M", "Base").note, IsEmpty());
  const auto count = [&](PrintedFlops origin) {
    return std::ranges::count(rows, origin, &EfficiencyRow::origin);
  };
  EXPECT_EQ(count(PrintedFlops::kExactRounded), 3);
  EXPECT_EQ(count(PrintedFlops::kMultipleOfRoundedBase), 6);
  EXPECT_EQ(count(PrintedFlops::kUnexplained), 1);
  EXPECT_EQ(count(PrintedFlops::kByTokens), 2);
  const auto expect_multiple = [&](const char* scale, const char* method, const char* product) {
    EXPECT_THAT(RowOf(rows, scale, method).note, HasSubstr(product)) << scale << " " << method;
    EXPECT_THAT(RowOf(rows, scale, method).note, HasSubstr("a multiple of the rounded Base"));
  };
  expect_multiple("354M", "2-Loop", "exact rounds to 754.97; printed is 2 × 377.49");
  expect_multiple("354M", "4-Loop", "exact rounds to 1509.95; printed is 4 × 377.49");
  expect_multiple("720M", "MoE", "exact rounds to 1061.68; printed is 1.25 × 849.35");
  expect_multiple("720M", "2-Loop", "exact rounds to 1698.69; printed is 2 × 849.35");
  expect_multiple("720M", "4-Loop", "exact rounds to 3397.39; printed is 4 × 849.35");
  expect_multiple("720M", "6-Loop", "exact rounds to 5096.08; printed is 6 × 849.35");
  EXPECT_EQ(RowOf(rows, "354M", "6-Loop").note,
            "exact rounds to 2264.92, and 6 × 377.49 would be 2264.94: neither is printed");
}

TEST(EfficiencyTable, StandsExactBesidePrinted) {
  const std::string text = EfficiencyTable(TableFormat::kConsole);
  EXPECT_THAT(text, HasSubstr("354M   Base           354.712576   354.71     377.487360   377.49\n"));
  EXPECT_THAT(text, HasSubstr("354M   6-Loop         354.712576   354.71    2264.924160  2264.96  exact"));
  EXPECT_THAT(text, HasSubstr("720M   MoE           1145.693184  1145.69    1061.683200  1061.69  exact"));
  EXPECT_THAT(
      text,
      HasSubstr("720M   VersatileFFN   721.089024   721.09              -  2586.38  849.346560 N_mean"));
  EXPECT_THAT(text, HasSubstr("354M   1236.08  exact             [3.03, 3.21]  [0.26, 0.97]\n"));
  EXPECT_THAT(text, HasSubstr("354M   1236.08  known as printed  [3.03, 3.21]  [0.26, 0.97]\n"));
  EXPECT_THAT(text, HasSubstr("720M   2586.38  exact             [2.80, 2.96]  [0.35, 1.00]\n"));
  EXPECT_THAT(text, HasSubstr("720M   2586.38  known as printed  [2.80, 2.96]  [0.35, 1.00]\n"));
}

TEST(EfficiencyTable, IsData) {
  const CsvTable csv = ParseCsv(EfficiencyTable(TableFormat::kCsv), "table 2");
  ASSERT_EQ(csv.rows.size(), 12U);
  EXPECT_EQ(csv.rows[4][4], "2264924160");
  EXPECT_EQ(csv.rows[4][5], "2264.96");
  EXPECT_EQ(csv.rows[5][6].substr(0, 6), "3.0326");
  const OrderedJson json = EfficiencyJson();
  EXPECT_EQ(json.size(), 12U);
  EXPECT_EQ(json[4]["ffn_flops"]["exact"], 2264924160);
  EXPECT_EQ(json[5]["ffn_flops"]["exact"], nullptr);
  EXPECT_NEAR(json[11]["averages"]["mean_loops"][1].get<double>(), 2.95834, 1e-5);
}

}  // namespace
}  // namespace vffn
