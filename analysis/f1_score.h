// The F1 score of one answer among several.
#pragma once

#include <cstdint>

#include "analysis/estimate.h"

namespace vffn {

/// Questions by whether an answer is right and whether it was predicted.
struct AnswerCounts {
  int64_t right_predicted = 0;  ///< true positives
  int64_t wrong_predicted = 0;  ///< false positives
  int64_t right_missed = 0;     ///< false negatives
  int64_t wrong_left = 0;       ///< true negatives

  void Add(bool right, bool predicted);
  int64_t total() const { return right_predicted + wrong_predicted + right_missed + wrong_left; }
};

/// 2 precision recall / (precision + recall); 0 if the answer is never right or never predicted. The error is
/// the jackknife's: sqrt((n - 1) / n * sum over questions of (score without it - mean of these scores)^2),
/// absent for one question. Throws Error on none.
Estimate F1Of(const AnswerCounts& counts);

/// Of guessing, over many questions: the answer is right for the share `right` of them, and predicted for the
/// share `guessed`, whether it is right or not. 0 if both are 0.
double F1OfGuessing(double right, double guessed);

}  // namespace vffn
