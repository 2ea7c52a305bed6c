// Metrics: a value for each doc from the log-probabilities of its choices, and a score from the values.
//
// The log-likelihood of a choice is the sum of its tokens' log-probabilities, in double. An accuracy predicts
// the choice with the greatest log-likelihood / divisor (the first one if several are equal) and is 1 if that
// is the gold choice, else 0. A cost is that of the gold choice.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/estimate.h"
#include "eval/scored_doc.h"

namespace vffn {

enum class Metric {
  kAcc,           ///< divisor 1
  kLenNorm,       ///< divisor characters, LengthRule's (OLMo's name)
  kAccNorm,       ///< divisor characters of the choice, without its blank (lm-evaluation-harness's name)
  kAccBytes,      ///< divisor UTF-8 bytes of the choice, without its blank (lm-evaluation-harness's name)
  kAccTokenMean,  ///< divisor tokens
  kBitsPerByte,   ///< cost: -log-likelihood / ln 2 / UTF-8 bytes, LengthRule's (OLMo)
  kCeLoss,        ///< cost: -log-likelihood / characters, LengthRule's, in nats (OLMo)
};

/// The metrics of a task.
struct MetricList {
  std::vector<Metric> reported;
  Metric primary = Metric::kAcc;  ///< one of them: the score in tables and averages

  bool operator==(const MetricList&) const = default;
};

/// Whether the blank at the beginning of a continuation counts as a character.
enum class LengthRule { kWithoutLeadingBlank, kWithLeadingBlank };

struct MetricFacts {
  Metric metric;
  std::string_view name;
  bool accuracy;  ///< a fraction, higher is better, in percent at the edge; else a cost, lower is better
};

/// Every metric, in the order of the enumeration.
std::span<const MetricFacts> Metrics();
const MetricFacts& FactsOf(Metric metric);

/// By name. Throws Error listing the names.
Metric FindMetric(std::string_view name);

/// "Unicode characters without the leading blank", for instance.
std::string_view DivisorName(Metric metric, LengthRule rule);

/// The number a choice's log-likelihood is divided by. Throws Error if it is zero.
double Divisor(Metric metric, LengthRule rule, const ScoredChoice& choice);

/// Whether the doc has a value. Accuracies always have one; a cost has none if the divisor of the gold choice
/// is zero.
bool IsDefined(Metric metric, LengthRule rule, const ScoredDoc& doc);

/// Accuracy: log-likelihood / divisor, by which choices are ranked; -infinity if the divisor is zero, as in
/// OLMo's and EleutherAI's evaluators: an empty choice is never chosen. Cost: the cost; throws Error if the
/// divisor is zero.
double ChoiceValue(Metric metric, LengthRule rule, const ScoredChoice& choice);

/// Index of the predicted choice. Throws Error if the metric is a cost.
int Predict(Metric metric, LengthRule rule, const ScoredDoc& doc);

/// Accuracy: 0 or 1. Cost: that of the gold choice.
double DocValue(Metric metric, LengthRule rule, const ScoredDoc& doc);

}  // namespace vffn
