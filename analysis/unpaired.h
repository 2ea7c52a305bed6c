// Tests on two published accuracies, without results per question.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace vffn {

/// Two accuracies on one task, fractions.
struct ScorePair {
  double a = 0, b = 0;
  int64_t a_questions = 0, b_questions = 0;
};

/// Standard error of the unweighted mean over tasks of one model's accuracies p on n questions:
/// sqrt(sum of p (1 - p) / n) / k. Absent if it is zero.
struct Accuracy {
  double value = 0;
  int64_t questions = 0;
};
std::optional<double> AverageError(std::span<const Accuracy> scores);

/// Mean over tasks of b - a, divided by its error if the two models' answers were independent. `mean` is the
/// mean to test if it is another one (the difference of two printed averages). Absent if that error is zero.
std::optional<double> UnpairedZ(std::span<const ScorePair> tasks, std::optional<double> mean = {});

struct RequiredCorrelation {
  double correlation = 0;   ///< between the two models' outcomes of a question, the same in every task
  bool attainable = false;  ///< whether outcomes with these accuracies can correlate so much
};

/// The smallest correlation at which the mean over tasks of b - a (or `mean`) is significant at `alpha`,
/// two-sided, in a paired test: the r with |mean| = z / k * sqrt(sum of (v_a + v_b - 2 r sqrt(v_a v_b)) / n),
/// v = p (1 - p). Zero or less: it is significant if they are independent. Two models of unequal accuracy
/// answer some questions differently, so not every correlation can be: attainable says whether the test could
/// be significant were the differences all that changed (variance |d| - d^2 per question). Absent if the mean
/// is zero, or a variance. Throws Error if the numbers of questions differ: those are not pairs.
std::optional<RequiredCorrelation> CorrelationNeeded(std::span<const ScorePair> tasks, double alpha,
                                                     std::optional<double> mean = {});

}  // namespace vffn
