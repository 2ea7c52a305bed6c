#include "eval/task_calibration.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace vffn {

std::optional<Calibration> CalibrationOfDocs(Metric metric, LengthRule rule,
                                             std::span<const ScoredDoc* const> docs,
                                             const CalibrationOptions& options,
                                             std::span<const int64_t> clusters) {
  VFFN_CHECK(FactsOf(metric).accuracy, FactsOf(metric).name, " answers nothing: it has no calibration");
  const auto is_empty = [&](const ScoredDoc& doc) {
    return std::ranges::all_of(doc.choices, [&](const ScoredChoice& choice) {
      return std::isinf(ChoiceValue(metric, rule, choice));
    });
  };
  std::vector<Prediction> predictions;
  for (const ScoredDoc* doc : docs) {
    if (doc->choices.size() < 2 || !IsDefined(metric, rule, *doc) || is_empty(*doc)) {
      return std::nullopt;
    }
    const std::vector<double> probabilities = ChoiceProbabilities(metric, rule, *doc);
    const int answer = Predict(metric, rule, *doc);
    predictions.push_back({.confidence = std::min(1.0, probabilities.at(static_cast<size_t>(answer))),
                           .correct = answer == doc->gold});
  }
  return predictions.empty() ? std::nullopt : std::optional(CalibrationOf(predictions, options, clusters));
}

}  // namespace vffn
