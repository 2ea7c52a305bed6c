#include "eval/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/error.h"
#include "base/near_names.h"

namespace vffn {
namespace {

constexpr std::array<MetricFacts, 20> kMetrics = {{
    {Metric::kAcc, "acc", true},
    {Metric::kLenNorm, "len_norm", true},
    {Metric::kAccNorm, "acc_norm", true},
    {Metric::kAccBytes, "acc_bytes", true},
    {Metric::kAccTokenMean, "acc_token_mean", true},
    {Metric::kAccMutualInfo, "acc_mutual_info", true},
    {Metric::kPmiDc, "pmi_dc", true},
    {Metric::kBitsPerByte, "bits_per_byte", false},
    {Metric::kCeLoss, "ce_loss", false},
    {Metric::kBrier, "brier", false, false, Metric::kAcc},
    {Metric::kBrierLenNorm, "brier_len_norm", false, false, Metric::kLenNorm},
    {Metric::kSoft, "soft", false, true, Metric::kAcc},
    {Metric::kSoftLenNorm, "soft_len_norm", false, true, Metric::kLenNorm},
    {Metric::kSoftLog, "soft_log", false, true, Metric::kAcc},
    {Metric::kSoftLogLenNorm, "soft_log_len_norm", false, true, Metric::kLenNorm},
    {Metric::kWordPerplexity, "word_perplexity", false, false, std::nullopt, true},
    {Metric::kBytePerplexity, "byte_perplexity", false, false, std::nullopt, true},
    {Metric::kPerplexity, "perplexity", false, false, std::nullopt, true},
    {Metric::kGreedyMatch, "greedy_match", false, true, std::nullopt, true},
    {Metric::kF1, "f1", false, true, std::nullopt, true},
}};

/// The metric that says how choices are ranked: itself, or the accuracy whose values or predictions it takes.
Metric RankingOf(Metric metric) { return FactsOf(metric).probabilities.value_or(PerDoc(metric)); }

/// The length that divides a log-likelihood; 1 if none does.
int64_t LengthFor(Metric any, LengthRule rule, const ScoredChoice& choice) {
  const Metric metric = RankingOf(any);
  const TextLength& ruled =
      rule == LengthRule::kWithoutLeadingBlank ? choice.length_without_blank : choice.length;
  switch (metric) {
    case Metric::kAcc:
    case Metric::kAccMutualInfo:
    case Metric::kPmiDc:
      return 1;
    case Metric::kLenNorm:
    case Metric::kCeLoss:
      return ruled.characters;
    case Metric::kBitsPerByte:
      return ruled.bytes;
    case Metric::kAccNorm:
      return choice.length_without_blank.characters;
    case Metric::kAccBytes:
      return choice.length_without_blank.bytes;
    case Metric::kAccTokenMean:
      return static_cast<int64_t>(choice.tokens.size());
    default:
      Fail("no such metric");
  }
}

/// Throws Error if there is none.
double UnconditionalLogLikelihood(Metric metric, const ScoredChoice& choice) {
  VFFN_CHECK(choice.unconditional.has_value(), FactsOf(metric).name,
             " is not defined: the task has no unconditional requests, whose likelihoods it compares with");
  return choice.unconditional->LogLikelihood();
}

/// Subtracts ln of the sum of the exponentials: the natural logarithms of the softmax.
std::vector<double> LogSoftmax(std::vector<double> values) {
  const double greatest = *std::ranges::max_element(values);
  VFFN_CHECK(std::isfinite(greatest), "every choice is empty: none has a probability");
  double sum = 0;
  for (const double value : values) {
    sum += std::exp(value - greatest);
  }
  const double log_sum = greatest + std::log(sum);
  for (double& value : values) {
    value -= log_sum;
  }
  return values;
}

double ProbabilityScore(Metric metric, LengthRule rule, const ScoredDoc& doc) {
  const std::vector<double> logs = LogSoftmax(ChoiceValues(RankingOf(metric), rule, doc));
  const auto gold = static_cast<size_t>(doc.gold);
  switch (metric) {
    case Metric::kSoft:
    case Metric::kSoftLenNorm:
      return std::exp(logs.at(gold));
    case Metric::kSoftLog:
    case Metric::kSoftLogLenNorm:
      return logs.at(gold);
    default: {
      double squares = 0;
      for (size_t i = 0; i < logs.size(); ++i) {
        const double error = std::exp(logs[i]) - (i == gold ? 1 : 0);
        squares += error * error;
      }
      return squares;
    }
  }
}

}  // namespace

std::span<const MetricFacts> Metrics() { return kMetrics; }

const MetricFacts& FactsOf(Metric metric) { return kMetrics.at(static_cast<size_t>(metric)); }

Metric FindMetric(std::string_view name) {
  std::vector<std::string> names;
  for (const MetricFacts& facts : kMetrics) {
    if (facts.name == name) {
      return facts.metric;
    }
    names.emplace_back(facts.name);
  }
  Fail("there is no metric \"", name, "\"", DidYouMeanOneOf(name, names));
}

std::string_view DivisorName(Metric any, LengthRule rule) {
  const Metric metric = RankingOf(any);
  const bool without = rule == LengthRule::kWithoutLeadingBlank;
  switch (metric) {
    case Metric::kAcc:
      return "1";
    case Metric::kAccMutualInfo:
      return "nothing (the unconditional log-likelihood is subtracted)";
    case Metric::kPmiDc:
      return "unconditional log-likelihood";
    case Metric::kLenNorm:
    case Metric::kCeLoss:
      return without ? "Unicode characters without the leading blank"
                     : "Unicode characters with the leading blank";
    case Metric::kBitsPerByte:
      return without ? "UTF-8 bytes without the leading blank" : "UTF-8 bytes with the leading blank";
    case Metric::kAccNorm:
      return "Unicode characters without the leading blank";
    case Metric::kAccBytes:
      return "UTF-8 bytes without the leading blank";
    case Metric::kAccTokenMean:
      return "tokens";
    default:
      Fail("no such metric");
  }
}

std::string FormulaOf(Metric metric, LengthRule rule) {
  const MetricFacts& facts = FactsOf(metric);
  const std::string divisor(DivisorName(metric, rule));
  if (facts.probabilities) {
    return "of the probabilities that " + std::string(FactsOf(*facts.probabilities).name) +
           " gives the choices; " + (facts.higher_is_better ? "higher" : "lower") + " is better";
  }
  switch (metric) {
    case Metric::kAcc:
      return "greatest log-likelihood";
    case Metric::kF1:
      return "harmonic mean of precision and recall of choice 0, over all docs; predicted: greatest "
             "log-likelihood";
    case Metric::kWordPerplexity:
      return "exp(-log-likelihood / words), over all docs; lower is better";
    case Metric::kBytePerplexity:
      return "exp(-log-likelihood / UTF-8 bytes), over all docs; lower is better";
    case Metric::kPerplexity:
      return "exp(-log-likelihood / docs), over all docs; lower is better";
    case Metric::kGreedyMatch:
      return "share of docs in which every token of the right choice is the most probable one";
    case Metric::kAccMutualInfo:
      return "greatest log-likelihood - unconditional log-likelihood";
    case Metric::kBitsPerByte:
      return "-log-likelihood / ln 2 / " + divisor + " of the right choice; lower is better";
    case Metric::kCeLoss:
      return "-log-likelihood / " + divisor + " of the right choice; lower is better";
    default:
      return "greatest log-likelihood / " + divisor;
  }
}

Metric PerDoc(Metric metric) {
  return metric == Metric::kF1 ? Metric::kAcc : FactsOf(metric).of_set ? Metric::kBitsPerByte : metric;
}

bool NeedsUnconditional(Metric metric) {
  return metric == Metric::kAccMutualInfo || metric == Metric::kPmiDc;
}

bool IsDefined(Metric metric, LengthRule rule, const ScoredDoc& doc) {
  const auto has_length = [&](const ScoredChoice& choice) { return LengthFor(metric, rule, choice) > 0; };
  const ScoredChoice& gold = doc.choices.at(static_cast<size_t>(doc.gold));
  if (NeedsUnconditional(metric)) {
    return std::ranges::all_of(doc.choices, [&](const ScoredChoice& choice) {
      return choice.unconditional && (metric != Metric::kPmiDc || choice.unconditional->LogLikelihood() != 0);
    });
  }
  if (FactsOf(metric).accuracy || FactsOf(metric).of_set) {
    return FactsOf(metric).accuracy;
  }
  if (!FactsOf(metric).probabilities) {
    return has_length(gold);
  }
  const bool logarithm = metric == Metric::kSoftLog || metric == Metric::kSoftLogLenNorm;
  return doc.choices.size() > 1 &&
         (logarithm ? has_length(gold) : std::ranges::any_of(doc.choices, has_length));
}

double ChoiceValue(Metric metric, LengthRule rule, const ScoredChoice& choice) {
  double value = choice.LogLikelihood();
  if (metric == Metric::kAccMutualInfo) {
    value -= UnconditionalLogLikelihood(metric, choice);
  } else if (metric == Metric::kPmiDc) {
    value /= UnconditionalLogLikelihood(metric, choice);
  } else {
    const int64_t length = LengthFor(metric, rule, choice);
    if (length == 0 && FactsOf(RankingOf(metric)).accuracy && std::isfinite(value)) {
      return -std::numeric_limits<double>::infinity();
    }
    VFFN_CHECK(length > 0, FactsOf(metric).name, " is not defined: a continuation has no ",
               DivisorName(metric, rule));
    value /= static_cast<double>(length);
  }
  VFFN_CHECK(std::isfinite(value), FactsOf(metric).name, " of a choice is ", value);
  switch (metric) {
    case Metric::kBitsPerByte:
      return -value * std::numbers::log2e;
    case Metric::kCeLoss:
      return -value;
    default:
      return value;
  }
}

std::vector<double> ChoiceValues(Metric metric, LengthRule rule, const ScoredDoc& doc) {
  std::vector<double> values;
  values.reserve(doc.choices.size());
  for (const ScoredChoice& choice : doc.choices) {
    values.push_back(ChoiceValue(metric, rule, choice));
  }
  return values;
}

std::vector<double> ChoiceProbabilities(Metric metric, LengthRule rule, const ScoredDoc& doc) {
  VFFN_CHECK(FactsOf(metric).accuracy, FactsOf(metric).name, " ranks no choices");
  std::vector<double> probabilities = LogSoftmax(ChoiceValues(metric, rule, doc));
  for (double& probability : probabilities) {
    probability = std::exp(probability);
  }
  return probabilities;
}

int Predict(Metric metric, LengthRule rule, const ScoredDoc& doc) {
  VFFN_CHECK(FactsOf(metric).accuracy, FactsOf(metric).name, " predicts nothing");
  int best = 0;
  double best_value = ChoiceValue(metric, rule, doc.choices.at(0));
  for (size_t i = 1; i < doc.choices.size(); ++i) {
    const double value = ChoiceValue(metric, rule, doc.choices[i]);
    if (value > best_value) {
      best = static_cast<int>(i);
      best_value = value;
    }
  }
  return best;
}

double DocValue(Metric metric, LengthRule rule, const ScoredDoc& doc) {
  try {
    VFFN_CHECK(!FactsOf(metric).of_set, FactsOf(metric).name, " is of all docs together, not of one");
    if (FactsOf(metric).accuracy) {
      return Predict(metric, rule, doc) == doc.gold ? 1 : 0;
    }
    if (FactsOf(metric).probabilities) {
      return ProbabilityScore(metric, rule, doc);
    }
    return ChoiceValue(metric, rule, doc.choices.at(static_cast<size_t>(doc.gold)));
  } catch (const Error& error) {
    Fail(doc.task, ", doc ", doc.doc_id, ": ", error.what());
  }
}

}  // namespace vffn
