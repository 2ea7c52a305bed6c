#include "eval/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/error.h"

namespace vffn {
namespace {

constexpr std::array<MetricFacts, 7> kMetrics = {{
    {Metric::kAcc, "acc", true},
    {Metric::kLenNorm, "len_norm", true},
    {Metric::kAccNorm, "acc_norm", true},
    {Metric::kAccBytes, "acc_bytes", true},
    {Metric::kAccTokenMean, "acc_token_mean", true},
    {Metric::kBitsPerByte, "bits_per_byte", false},
    {Metric::kCeLoss, "ce_loss", false},
}};

int64_t Count(Metric metric, LengthRule rule, const ScoredChoice& choice) {
  const TextLength& ruled =
      rule == LengthRule::kWithoutLeadingBlank ? choice.length_without_blank : choice.length;
  switch (metric) {
    case Metric::kAcc:
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
  }
  Fail("no such metric");
}

}  // namespace

std::span<const MetricFacts> Metrics() { return kMetrics; }

const MetricFacts& FactsOf(Metric metric) { return kMetrics.at(static_cast<size_t>(metric)); }

Metric FindMetric(std::string_view name) {
  std::string names;
  for (const MetricFacts& facts : kMetrics) {
    if (facts.name == name) {
      return facts.metric;
    }
    names.append(names.empty() ? "" : ", ").append(facts.name);
  }
  Fail("there is no metric \"", name, "\"; choose one of ", names);
}

std::string_view DivisorName(Metric metric, LengthRule rule) {
  const bool without = rule == LengthRule::kWithoutLeadingBlank;
  switch (metric) {
    case Metric::kAcc:
      return "1";
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
  }
  Fail("no such metric");
}

double Divisor(Metric metric, LengthRule rule, const ScoredChoice& choice) {
  const int64_t count = Count(metric, rule, choice);
  VFFN_CHECK(count > 0, FactsOf(metric).name, " is not defined: a continuation has no ",
             DivisorName(metric, rule));
  return static_cast<double>(count);
}

bool IsDefined(Metric metric, LengthRule rule, const ScoredDoc& doc) {
  return FactsOf(metric).accuracy || Count(metric, rule, doc.choices.at(static_cast<size_t>(doc.gold))) > 0;
}

double ChoiceValue(Metric metric, LengthRule rule, const ScoredChoice& choice) {
  const double log_likelihood = choice.LogLikelihood();
  if (FactsOf(metric).accuracy && Count(metric, rule, choice) == 0 && std::isfinite(log_likelihood)) {
    return -std::numeric_limits<double>::infinity();
  }
  const double value = log_likelihood / Divisor(metric, rule, choice);
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
    if (FactsOf(metric).accuracy) {
      return Predict(metric, rule, doc) == doc.gold ? 1 : 0;
    }
    return ChoiceValue(metric, rule, doc.choices.at(static_cast<size_t>(doc.gold)));
  } catch (const Error& error) {
    Fail(doc.task, ", doc ", doc.doc_id, ": ", error.what());
  }
}

}  // namespace vffn
