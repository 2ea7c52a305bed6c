#include "analysis/f1_score.h"

#include <array>
#include <cmath>
#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

double F1Value(const AnswerCounts& counts) {
  if (counts.right_predicted == 0) {
    return 0;
  }
  const auto right = static_cast<double>(2 * counts.right_predicted);
  return right / (right + static_cast<double>(counts.wrong_predicted + counts.right_missed));
}

/// The scores without one question of each kind, with the number of such questions.
std::array<std::pair<int64_t, double>, 4> WithoutOne(const AnswerCounts& counts) {
  std::array<std::pair<int64_t, double>, 4> scores;
  size_t place = 0;
  for (const auto kind : {&AnswerCounts::right_predicted, &AnswerCounts::wrong_predicted,
                          &AnswerCounts::right_missed, &AnswerCounts::wrong_left}) {
    AnswerCounts others = counts;
    --(others.*kind);
    scores.at(place++) = {counts.*kind, counts.*kind > 0 ? F1Value(others) : 0};
  }
  return scores;
}

}  // namespace

void AnswerCounts::Add(bool right, bool predicted) {
  ++(right ? (predicted ? right_predicted : right_missed) : (predicted ? wrong_predicted : wrong_left));
}

Estimate F1Of(const AnswerCounts& counts) {
  const int64_t n = counts.total();
  VFFN_CHECK(n > 0, "the F1 score of no questions is not defined");
  Estimate score{.value = F1Value(counts)};
  if (n == 1) {
    return score;
  }
  const auto scores = WithoutOne(counts);
  double mean = 0, squares = 0;
  for (const auto& [count, value] : scores) {
    mean += static_cast<double>(count) * value / static_cast<double>(n);
  }
  for (const auto& [count, value] : scores) {
    squares += static_cast<double>(count) * (value - mean) * (value - mean);
  }
  score.standard_error = std::sqrt(static_cast<double>(n - 1) / static_cast<double>(n) * squares);
  return score;
}

double F1OfGuessing(double right, double guessed) {
  return right + guessed > 0 ? 2 * right * guessed / (right + guessed) : 0;
}

}  // namespace vffn
