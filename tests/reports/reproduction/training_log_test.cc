#include "reports/reproduction/training_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/json.h"

namespace vffn {
namespace {

using testing::HasSubstr;

std::string MessageOf(const std::string& log) {
  try {
    TrainingCurves(ParseTrainingLog(log, "log.csv"), "log.csv");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(TrainingLog, DrawsAPanelForLossAndOneForAccuracy) {
  const auto points = ParseTrainingLog(
      "accuracy,configuration,tokens,loss\n"
      ",8-2,1e9,3.5\n"
      "48.5,8-2,2e9,3.0\n"
      ",8-4,1e9,3.4\n",
      "log.csv");
  ASSERT_EQ(points.size(), 3);
  EXPECT_FALSE(points[0].accuracy);
  EXPECT_EQ(points[1].accuracy, 0.485);
  EXPECT_EQ(ParseTrainingLog("configuration,tokens,accuracy\na,1,0.485\n", "log.csv")[0].accuracy, 0.485);
  const Figure figure = TrainingCurves(points, "log.csv");
  CheckFigure(figure);
  const OrderedJson rows = OrderedJson::parse(CompleteSpecification(figure))["datasets"]["curves"];
  ASSERT_EQ(rows.size(), 4);
  EXPECT_EQ(rows[1], (OrderedJson{{"panel", 0}, {"curve", "8-2"}, {"line", 0}, {"x", 2.0}, {"y", 3.0}}));
  EXPECT_EQ(rows[2], (OrderedJson{{"panel", 0}, {"curve", "8-4"}, {"line", 1}, {"x", 1.0}, {"y", 3.4}}));
  EXPECT_EQ(rows[3], (OrderedJson{{"panel", 1}, {"curve", "8-2"}, {"line", 0}, {"x", 2.0}, {"y", 0.485}}));
}

TEST(TrainingLog, SaysWhatIsWrong) {
  EXPECT_THAT(MessageOf("configuration,loss\na,1\n"), HasSubstr("log.csv: a training log has the columns"));
  EXPECT_THAT(MessageOf("configuration,tokens,loss\na,1,2\nb,2,nan\n"),
              HasSubstr("log.csv, row 2: loss is \"nan\", should be a number"));
  EXPECT_THAT(MessageOf("configuration,tokens,loss\na,,2\n"), HasSubstr("row 1: tokens should be"));
  EXPECT_THAT(MessageOf("configuration,tokens,loss\n,1,2\n"), HasSubstr("row 1: configuration is empty"));
  EXPECT_THAT(MessageOf("configuration,tokens,loss\na,1,\n"), HasSubstr("no loss and no accuracy"));
}

}  // namespace
}  // namespace vffn
