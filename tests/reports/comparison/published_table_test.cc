#include "reports/comparison/published_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(PublishedTable, ReadsAWideTable) {
  const PublishedTable table = ParsePublishedTable(
      "Model,scale,PIQA,arc_challenge,extra,Avg.,loss\nm,1B,70.1,,3,70.1,2.5\nm,2B,71,40.13,4,-,2.4\n", "t",
      {{"extra", 20}});
  EXPECT_THAT(table.tasks, ElementsAre("piqa", "arc_challenge", "extra"));
  EXPECT_THAT(table.ignored_columns, ElementsAre("loss"));
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[1].Name(), "2B/m");
  EXPECT_EQ(table.rows[1].cells.at("arc_challenge").percent, (PrintedDecimal{4013, 2}));
  EXPECT_FALSE(table.rows[0].cells.at("arc_challenge").percent.has_value());
  EXPECT_EQ(table.rows[1].average->text, "-");
  EXPECT_THAT(CandidateSizes(table, "extra"), ElementsAre(20));
  EXPECT_THAT(CandidateSizes(table, "arc_challenge"), ElementsAre(299, 1172));
  EXPECT_THAT(CandidateSizes(table, "openbookqa"), ElementsAre(500));
}

TEST(PublishedTable, KnowsWhatPapersCallTheTasks) {
  EXPECT_THAT(ParsePublishedTable(
                  "method,PIQA,HellaSwag,OBQA,SciQ,ARC-E,ARC-c,COMM,Wino\nx,1,2,3,4,5,6,7,8\n", "t", {})
                  .tasks,
              testing::ElementsAreArray(PaperTable().tasks));
}

TEST(PublishedTable, ReadsThePapers) {
  const PublishedTable table = PaperTable();
  EXPECT_EQ(table.rows.size(), 12U);
  EXPECT_EQ(table.tasks.size(), 8U);
  const ScoreSet scores = ScoresOfRow(table, "720M/VersatileFFN");
  EXPECT_DOUBLE_EQ(scores.summaries[1].value, 0.5344);
  EXPECT_EQ(scores.summaries[1].questions, 10042);
  EXPECT_DOUBLE_EQ(scores.average.value(), 0.5703);
}

TEST(PublishedTable, RefusesWhatItCannotName) {
  const auto message = [](const char* csv) { return MessageOf([&] { ParsePublishedTable(csv, "t", {}); }); };
  EXPECT_THAT(message("method,mine\nx,1.0\n"), HasSubstr("--questions"));
  EXPECT_THAT(message("method,piqa\n"), HasSubstr("no rows"));
  EXPECT_THAT(message("method,piqa\nx,1.0\nx,2.0\n"), HasSubstr("twice"));
  EXPECT_THAT(message("method,piqa,PIQA\nx,1.0,2.0\n"), HasSubstr("two columns"));
  EXPECT_THAT(MessageOf([] { ScoresOfRow(PaperTable(), "VersatileFFN"); }), HasSubstr("2 rows"));
  EXPECT_THAT(MessageOf([] { ScoresOfRow(PaperTable(), "none"); }), HasSubstr("354M/Base"));
  const PublishedTable bad = ParsePublishedTable("method,piqa\nx,oops\n", "t", {});
  EXPECT_THAT(MessageOf([&] { ScoresOfRow(bad, "x"); }), HasSubstr("\"oops\""));
}

}  // namespace
}  // namespace vffn
