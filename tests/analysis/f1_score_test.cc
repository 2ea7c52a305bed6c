#include "analysis/f1_score.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"

namespace vffn {
namespace {

using Answers = std::vector<std::pair<int, int>>;  // right choice, predicted choice

AnswerCounts CountsOf(const Answers& answers) {
  AnswerCounts counts;
  for (const auto& [gold, predicted] : answers) {
    counts.Add(gold == 0, predicted == 0);
  }
  return counts;
}

TEST(F1Of, IsThatOfAi2OlmoEval) {
  const Json cases = ReadJsonFile(std::string(VFFN_TESTS_DIR) + "/golden/in_loop/f1.json");
  ASSERT_GE(cases.size(), 10U);
  for (const Json& each : cases) {
    Answers answers;
    for (size_t i = 0; i < each.at("gold").size(); ++i) {
      answers.emplace_back(each.at("gold")[i], each.at("predicted")[i]);
    }
    EXPECT_NEAR(F1Of(CountsOf(answers)).value, each.at("f1").get<double>(), 1e-15);
  }
}

TEST(F1Of, HasTheErrorOfTheJackknife) {
  const Answers answers = {{0, 0}, {0, 0}, {0, 1}, {1, 1}, {1, 0}, {2, 2}, {0, 0}};
  std::vector<double> without;
  for (size_t i = 0; i < answers.size(); ++i) {
    Answers others = answers;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    without.push_back(F1Of(CountsOf(others)).value);
  }
  const double n = static_cast<double>(answers.size());
  double mean = 0, squares = 0;
  for (const double value : without) {
    mean += value / n;
  }
  for (const double value : without) {
    squares += (value - mean) * (value - mean);
  }
  const Estimate score = F1Of(CountsOf(answers));
  EXPECT_DOUBLE_EQ(score.value, 0.75);
  EXPECT_NEAR(score.standard_error.value(), std::sqrt((n - 1) / n * squares), 1e-15);
}

TEST(F1OfGuessing, IsThatOfCountsInTheirShares) {
  // 12 questions: right 8, guessed 6, independently.
  const AnswerCounts counts = {
      .right_predicted = 4, .wrong_predicted = 2, .right_missed = 4, .wrong_left = 2};
  EXPECT_DOUBLE_EQ(F1OfGuessing(8 / 12.0, 6 / 12.0), F1Of(counts).value);
  EXPECT_EQ(F1OfGuessing(0, 0.5), 0);
}

TEST(F1Of, OfFewOrNoQuestions) {
  EXPECT_FALSE(F1Of({.right_predicted = 1}).standard_error.has_value());
  EXPECT_EQ(F1Of({.wrong_left = 3}), (Estimate{.value = 0, .standard_error = 0.0}));
  EXPECT_ANY_THROW(F1Of({}));
}

}  // namespace
}  // namespace vffn
