// Metrics: a value for each doc from the log-probabilities of its choices, and a score from the values.
//
// The log-likelihood of a choice is the sum of its tokens' log-probabilities, in double. An accuracy predicts
// the choice with the greatest log-likelihood / divisor (the first one if several are equal) and is 1 if that
// is the gold choice, else 0. A cost is that of the gold choice. A probability score is of the choices'
// probabilities p, the softmax of what an accuracy ranks them by. The score is the mean over docs, but for
// the metrics of the set and for bits_per_byte of texts scored in windows, which is all bits / all bytes.
//
// Two accuracies compare l = log p(choice | context) with the log-likelihood of the choice's unconditional
// request, u = log p(choice | short context) (tasks/example.h). They are not the same:
//  - acc_mutual_info ranks by l - u, the pointwise mutual information of question and choice. It is
//    lm-evaluation-harness's acc_mutual_info (0.4.13; its short context is empty) and oe-eval's acc_uncond,
//    which OLMES asks for in ARC-challenge, CommonsenseQA and OpenBookQA (arXiv 2406.08446; short context
//    "Answer:").
//  - pmi_dc ranks by l / u, as ICLMetric of ai2-olmo-eval 0.9.0 does. Both are negative, so that the greatest
//    ratio is that of the choice which the question supports least. It is here to reproduce that program; to
//    normalise by the unconditional likelihood, use acc_mutual_info.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/estimate.h"
#include "eval/scored_doc.h"

namespace vffn {

enum class Metric {
  kAcc,             ///< divisor 1
  kLenNorm,         ///< divisor characters, LengthRule's (OLMo's name)
  kAccNorm,         ///< divisor characters of the choice, without its blank (lm-evaluation-harness's name)
  kAccBytes,        ///< divisor UTF-8 bytes of the choice, without its blank (lm-evaluation-harness's name)
  kAccTokenMean,    ///< divisor tokens
  kAccMutualInfo,   ///< log-likelihood - unconditional log-likelihood
  kPmiDc,           ///< divisor unconditional log-likelihood
  kBitsPerByte,     ///< cost: -log-likelihood / ln 2 / UTF-8 bytes, LengthRule's (OLMo)
  kCeLoss,          ///< cost: -log-likelihood / characters, LengthRule's, in nats (OLMo)
  kBrier,           ///< p of acc: sum over the choices of (p - 1 if gold else p)^2, 0 to 2; lower is better
                    ///< (lm-evaluation-harness's brier_score)
  kBrierLenNorm,    ///< the same, p of len_norm
  kSoft,            ///< p of acc, of the gold choice (ai2-olmo-eval's soft of a task that is scored by acc)
  kSoftLenNorm,     ///< p of len_norm, of the gold choice
  kSoftLog,         ///< natural logarithm of kSoft (soft_log)
  kSoftLogLenNorm,  ///< natural logarithm of kSoftLenNorm
  // Of all docs together, corpus-weighted, as lm-evaluation-harness has them:
  kWordPerplexity,  ///< exp(-sum of log-likelihoods / sum of words) of texts scored in windows
  kBytePerplexity,  ///< exp(-sum of log-likelihoods / sum of UTF-8 bytes) of texts scored in windows
  kPerplexity,      ///< exp(-sum of log-likelihoods / docs) of the gold choice
  kGreedyMatch,     ///< share of docs in which every token of the gold choice is the most probable one
                    ///< (lm-evaluation-harness's acc of a task of output_type loglikelihood)
  kF1,  ///< of choice 0, as acc predicts it, over all docs: analysis/f1_score.h (ai2-olmo-eval's f1)
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
  bool accuracy;  ///< 0 or 1 for each doc: a fraction, higher is better, in percent at the edge
  bool higher_is_better = accuracy;
  std::optional<Metric> probabilities = std::nullopt;  ///< the accuracy whose values give p
  bool of_set = false;                                 ///< of all docs together; no doc has a value

  /// A fraction, in percent at the edge.
  bool percent() const { return accuracy || (of_set && higher_is_better); }
};

/// Every metric, in the order of the enumeration.
std::span<const MetricFacts> Metrics();
const MetricFacts& FactsOf(Metric metric);

/// By name. Throws Error listing the names.
Metric FindMetric(std::string_view name);

/// "Unicode characters without the leading blank", for instance.
std::string_view DivisorName(Metric metric, LengthRule rule);

/// What the metric of a doc is, in words: "greatest log-likelihood / tokens".
std::string FormulaOf(Metric metric, LengthRule rule);

/// The metric by which docs are compared one by one: acc for f1, bits_per_byte for perplexities and
/// greedy_match, itself for one that gives docs values.
Metric PerDoc(Metric metric);

/// Whether the metric compares with the choices' unconditional requests.
bool NeedsUnconditional(Metric metric);

/// Whether the doc has a value. Accuracies have one; those that need unconditional requests only where the
/// doc has them (and pmi_dc only if none has the log-likelihood 0). A cost has none if the divisor of the
/// gold choice is zero, a probability score none if there is one choice or its logarithm would be infinite.
/// No doc has a value of a metric of the set.
bool IsDefined(Metric metric, LengthRule rule, const ScoredDoc& doc);

/// Accuracy: the value by which choices are ranked; -infinity if the length that divides is zero, as in
/// OLMo's and EleutherAI's evaluators: an empty choice is never chosen. Cost: the cost. Probability score:
/// the value of the accuracy that it is of. Throws Error if the divisor of a cost is zero, or if a choice
/// lacks the unconditional request that the metric needs.
double ChoiceValue(Metric metric, LengthRule rule, const ScoredChoice& choice);

/// Of every choice of a doc.
std::vector<double> ChoiceValues(Metric metric, LengthRule rule, const ScoredDoc& doc);

/// The probabilities of the choices under an accuracy: the softmax of ChoiceValue, 0 for one of -infinity;
/// they sum to 1. Throws Error if the metric is no accuracy or every choice is empty.
std::vector<double> ChoiceProbabilities(Metric metric, LengthRule rule, const ScoredDoc& doc);

/// Index of the predicted choice. Throws Error if the metric is no accuracy.
int Predict(Metric metric, LengthRule rule, const ScoredDoc& doc);

/// Accuracy: 0 or 1. Cost: that of the gold choice. Probability score: see Metric. Throws Error if the metric
/// is of the set.
double DocValue(Metric metric, LengthRule rule, const ScoredDoc& doc);

}  // namespace vffn
