#include "analysis/unpaired.h"

#include <cmath>

#include "analysis/distributions.h"
#include "base/error.h"

namespace vffn {
namespace {

double Variance(double accuracy) { return accuracy * (1 - accuracy); }

void CheckScore(double value, int64_t questions) {
  VFFN_CHECK(value >= 0 && value <= 1, "an accuracy of ", value, ", which is not between 0 and 1");
  VFFN_CHECK(questions > 0, "an accuracy over ", questions, " questions");
}

double SumOfDifferences(std::span<const ScorePair> tasks, std::optional<double> mean) {
  double sum = 0;
  for (const ScorePair& task : tasks) {
    CheckScore(task.a, task.a_questions);
    CheckScore(task.b, task.b_questions);
    sum += task.b - task.a;
  }
  return mean ? *mean * static_cast<double>(tasks.size()) : sum;
}

}  // namespace

std::optional<double> AverageError(std::span<const Accuracy> scores) {
  double variance = 0;
  for (const Accuracy& score : scores) {
    CheckScore(score.value, score.questions);
    variance += Variance(score.value) / static_cast<double>(score.questions);
  }
  return variance > 0 ? std::optional(std::sqrt(variance) / static_cast<double>(scores.size()))
                      : std::nullopt;
}

std::optional<double> UnpairedZ(std::span<const ScorePair> tasks, std::optional<double> mean) {
  const double sum = SumOfDifferences(tasks, mean);
  double variance = 0;
  for (const ScorePair& task : tasks) {
    variance += Variance(task.a) / static_cast<double>(task.a_questions) +
                Variance(task.b) / static_cast<double>(task.b_questions);
  }
  return variance > 0 ? std::optional(sum / std::sqrt(variance)) : std::nullopt;
}

std::optional<RequiredCorrelation> CorrelationNeeded(std::span<const ScorePair> tasks, double alpha,
                                                     std::optional<double> mean) {
  const double sum = SumOfDifferences(tasks, mean);
  double independent = 0;  // variance of the sum
  double shared = 0;       // what a correlation of 1 takes away
  double least = 0;        // if only the difference changed
  for (const ScorePair& task : tasks) {
    VFFN_CHECK(task.a_questions == task.b_questions, "scores of ", task.a_questions, " and ",
               task.b_questions, " questions cannot be paired");
    const auto n = static_cast<double>(task.a_questions);
    const double d = std::abs(task.b - task.a);
    independent += (Variance(task.a) + Variance(task.b)) / n;
    shared += 2 * std::sqrt(Variance(task.a) * Variance(task.b)) / n;
    least += (d - d * d) / n;
  }
  constexpr double kRounding = 1e-12;  // of the sum
  if (std::abs(sum) < kRounding || shared == 0) {
    return std::nullopt;
  }
  const double z = -NormalQuantile(alpha / 2);
  const double allowed = sum * sum / (z * z);
  return RequiredCorrelation{.correlation = (independent - allowed) / shared, .attainable = least <= allowed};
}

}  // namespace vffn
