#include "analysis/printed_scores.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

PrintedDecimal Printed(const char* text) { return ParsePrinted(text).value(); }

TEST(ParsePrinted, KeepsWhatWasPrinted) {
  EXPECT_EQ(Printed("67.16"), (PrintedDecimal{6716, 2}));
  EXPECT_EQ(Printed("35.00"), (PrintedDecimal{3500, 2}));
  EXPECT_EQ(Printed("7"), (PrintedDecimal{7, 0}));
  EXPECT_EQ(Printed("47.98").fraction(), 0.4798);  // 47.98 / 100 is 0.47979999999999995
  EXPECT_EQ(Printed("7").fraction(), 0.07);
  EXPECT_EQ((PrintedDecimal{7, -1}).fraction(), 0.7);
  EXPECT_EQ(ToString(Printed("5.070")), "5.070");
  EXPECT_EQ(ToString(Printed("12")), "12");
  for (const char* text :
       {"", "-", "n/a", "-1.0", "1.", ".5", "1,5", "1.2.3", " 1", "67.16%", "nan", "1234567890.123456"}) {
    EXPECT_FALSE(ParsePrinted(text).has_value()) << text;
  }
}

TEST(RightAnswers, AreThoseThatRoundToTheCell) {
  const RightAnswers none = RightAnswersOf(Printed("67.16"), 1838);
  EXPECT_FALSE(none.possible());
  EXPECT_EQ(none.high, 1234);
  EXPECT_EQ(none.low, 1235);
  EXPECT_EQ(ToString(PercentOf(1234, 1838, 2)), "67.14");
  EXPECT_EQ(ToString(PercentOf(1235, 1838, 2)), "67.19");
  const RightAnswers one = RightAnswersOf(Printed("29.77"), 299);
  EXPECT_TRUE(one.possible());
  EXPECT_EQ(one.low, 89);
  EXPECT_EQ(one.high, 89);
  EXPECT_TRUE(RightAnswersOf(Printed("12.5"), 8).possible());
  EXPECT_TRUE(RightAnswersOf(Printed("13"), 8).possible());
  EXPECT_TRUE(RightAnswersOf(Printed("12"), 8).possible());  // 12.5 may be rounded down
  EXPECT_FALSE(RightAnswersOf(Printed("14"), 8).possible());
  EXPECT_EQ(RightAnswersOf(Printed("0.00"), 20000).low, 0);
  EXPECT_EQ(RightAnswersOf(Printed("100.00"), 20000).high, 20000);
  EXPECT_FALSE(RightAnswersOf(Printed("101.00"), 20000).possible());
  EXPECT_NE(MessageOf([] { RightAnswersOf(Printed("1.0"), 0); }), "");
}

// By brute force over every count: in floating point, away from halves.
TEST(RightAnswers, AreFoundByTrying) {
  for (const int64_t n : {7, 299, 1221}) {
    for (int64_t digits = 0; digits <= 10000; digits += 3) {
      bool found = false;
      for (int64_t k = 0; k <= n; ++k) {
        const double distance =
            std::abs(1e4 * static_cast<double>(k) / static_cast<double>(n) - static_cast<double>(digits));
        found = found || distance <= 0.5 + 1e-9;
      }
      EXPECT_EQ(RightAnswersOf({digits, 2}, n).possible(), found) << digits << " of " << n;
    }
  }
}

TEST(ChanceOfPossible, CountsThePossiblePercentages) {
  EXPECT_DOUBLE_EQ(ChanceOfPossible(299, 2), 300.0 / 10001);
  EXPECT_DOUBLE_EQ(ChanceOfPossible(500, 2), 501.0 / 10001);
  EXPECT_DOUBLE_EQ(ChanceOfPossible(10042, 2), 1);
  EXPECT_DOUBLE_EQ(ChanceOfPossible(299, 0), 1);
}

TEST(CheckAverage, AllowsForRounding) {
  const std::vector<PrintedDecimal> half = {Printed("10.00"), Printed("20.01")};
  EXPECT_EQ(CheckAverage(half, Printed("15.00")), AverageCheck::kRounded);
  EXPECT_EQ(CheckAverage(half, Printed("15.01")), AverageCheck::kRounded);
  const std::vector<PrintedDecimal> whole = {Printed("10.00"), Printed("20.00")};
  EXPECT_EQ(CheckAverage(whole, Printed("15.01")), AverageCheck::kOfUnrounded);
  EXPECT_EQ(CheckAverage(whole, Printed("15.02")), AverageCheck::kImpossible);
  EXPECT_NE(MessageOf([] { CheckAverage({}, Printed("1.0")); }), "");
}

// "0.7" of 20 questions: 65 to 75 %, 13 to 15 right answers.
TEST(PrintedScores, KnowFractionsToTheTens) {
  const PrintedDecimal tens = PercentOfFraction({7, 1});
  EXPECT_EQ(tens, (PrintedDecimal{7, -1}));
  EXPECT_DOUBLE_EQ(tens.value(), 70);
  EXPECT_DOUBLE_EQ(tens.half(), 5);
  EXPECT_EQ(ToString(tens), "70");
  const RightAnswers answers = RightAnswersOf(tens, 20);
  EXPECT_EQ(answers.low, 13);
  EXPECT_EQ(answers.high, 15);
  EXPECT_EQ(PercentOf(13, 20, -1), (PrintedDecimal{7, -1}));
  EXPECT_DOUBLE_EQ(ChanceOfPossible(20, -1), 1);
  EXPECT_EQ(PercentOfFraction({7051, 4}), (PrintedDecimal{7051, 2}));
  EXPECT_EQ(RoundedTo({705149, 4}, 2), (PrintedDecimal{7051, 2}));
  EXPECT_EQ(RoundedTo({705150, 4}, 2), (PrintedDecimal{7052, 2}));
}

}  // namespace
}  // namespace vffn
