#include "reports/published/published_numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <map>

#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

using testing::HasSubstr;

TEST(PublishedNumbers, AreAllThere) {
  std::map<std::string, int> cells;
  for (const PublishedNumber& number : PublishedNumbers()) {
    ++cells[number.table];
  }
  EXPECT_EQ(cells, (std::map<std::string, int>{{"1", 2 * 6 * 10},
                                               {"2", 2 * 6 * 3},
                                               {"3", 5 + 2},
                                               {"4A", 3 * 2},
                                               {"4B", 3 * 2},
                                               {"5", 3 * 2},
                                               {"figure-3a", 4 * 2},
                                               {"figure-3b", 4 * 2}}));
  EXPECT_EQ(FindPublished("2", "354M", "VersatileFFN", "ffn_mflops"), "1236.08");
  EXPECT_EQ(FindPublished("1", "720M", "6-Loop", "commonsense_qa"), "38.98");
  EXPECT_EQ(FindPublished("3", "354M", "width", "average"), std::nullopt);
  EXPECT_EQ(FindPublished("4B", "354M", "16-4", "average"), "51.72");
}

TEST(PublishedTasks, AreTheColumnsOfTable1) {
  EXPECT_THAT(PublishedTasks(), testing::ElementsAre("piqa", "hellaswag", "openbookqa", "sciq", "arc_easy",
                                                     "arc_challenge", "commonsense_qa", "winogrande"));
  const std::string header = "table,scale,row,column,value\n";
  EXPECT_THAT(PublishedTasks(ParsePublishedNumbers(header + "1,s,r,loss,2.7\n1,s,r,b,1.0\n1,s,r,a,1.0\n"
                                                            "1,s,r,average,1.0\n2,s,r,ffn_mflops,1.0\n",
                                                   "p.csv")),
              testing::ElementsAre("b", "a"));
  EXPECT_EQ(PublishedTasks(ParsePublishedNumbers(header + "1,s,r,average,1.0\n", "p.csv")), PublishedTasks());
}

// A slip of the pen in one accuracy would show in its row's average: every printed one recomputes from its
// row to the last digit (a half may round either way).
TEST(PublishedNumbers, AveragesFollowFromTheirRows) {
  int rows = 0;
  for (const char* scale : {"354M", "720M"}) {
    for (const char* method : {"Base", "MoE", "2-Loop", "4-Loop", "6-Loop", "VersatileFFN"}) {
      const auto cell = [&](const char* column) {
        return std::atof(FindPublished("1", scale, method, column).value().c_str());
      };
      double sum = 0;
      for (const char* task : {"piqa", "hellaswag", "openbookqa", "sciq", "arc_easy", "arc_challenge",
                               "commonsense_qa", "winogrande"}) {
        sum += cell(task);
      }
      EXPECT_LE(std::abs(sum / 8 - cell("average")), 0.005 + 1e-9) << scale << " " << method;
      EXPECT_EQ(FindPublished("1", scale, method, "average"), FindPublished("2", scale, method, "average"));
      ++rows;
    }
  }
  EXPECT_EQ(rows, 12);
}

// Numbers that the paper prints in two places.
TEST(PublishedNumbers, AgreeWhereTheyAreRepeated) {
  const auto expect_same = [](const char* a_table, const char* a_row, const char* b_table,
                              const char* b_row) {
    for (const char* column : {"loss", "average"}) {
      EXPECT_EQ(FindPublished(a_table, "354M", a_row, column), FindPublished(b_table, "354M", b_row, column))
          << a_table << " " << a_row << " " << column;
    }
  };
  expect_same("1", "VersatileFFN", "3", "width+depth+gating");
  expect_same("1", "VersatileFFN", "4A", "4-loops");
  expect_same("1", "VersatileFFN", "4B", "8-2");
  expect_same("1", "Base", "5", "Base");
  expect_same("1", "2-Loop", "figure-3b", "2-loops");
  expect_same("1", "4-Loop", "figure-3b", "4-loops");
  expect_same("1", "6-Loop", "figure-3b", "6-loops");
}

TEST(PublishedNumbers, AreReadStrictly) {
  const auto message = [](std::string rows) {
    return MessageOf([&] { ParsePublishedNumbers("table,scale,row,column,value\n" + rows, "f"); });
  };
  EXPECT_EQ(message("1,s,r,c,1.50\n"), "");
  EXPECT_THAT(message("1,s,r,c,1.50\n1,s,r,c,1.60\n"), HasSubstr("twice"));
  EXPECT_THAT(message("1,s,r,c,1\n"), HasSubstr("decimal"));
  EXPECT_THAT(message("1,s,r,c,1.5%\n"), HasSubstr("decimal"));
  EXPECT_THAT(message("1,s,r,c,\n"), HasSubstr("decimal"));
  EXPECT_THAT(MessageOf([] { ParsePublishedNumbers("table,row\n", "f"); }), HasSubstr("header"));
}

}  // namespace
}  // namespace vffn
