#include "reports/reproduction/verdict.h"

#include <cmath>

#include "analysis/distributions.h"
#include "analysis/wilson.h"
#include "base/error.h"

namespace vffn {
namespace {

ConfidenceInterval Newcombe(const Proportion& published, const Proportion& ours, double z) {
  const double difference = ours.value - published.value;
  const ConfidenceInterval a = WilsonInterval(published.value, published.questions, z);
  const ConfidenceInterval b = WilsonInterval(ours.value, ours.questions, z);
  return {difference - std::hypot(ours.value - b.low, a.high - published.value),
          difference + std::hypot(b.high - ours.value, published.value - a.low)};
}

/// P at which Newcombe's interval touches zero: its reach grows with z.
double NewcombeP(const Proportion& published, const Proportion& ours) {
  const bool above = ours.value > published.value;
  double inside = 0, outside = 40;  // p of 40 is 0 in double
  for (int i = 0; i < 60; ++i) {
    const double z = (inside + outside) / 2;
    const ConfidenceInterval interval = Newcombe(published, ours, z);
    const bool leaves_out_zero = above ? interval.low > 0 : interval.high < 0;
    (leaves_out_zero ? inside : outside) = z;
  }
  return NormalTwoSided(inside);
}

double QuantileOf(double confidence) {
  VFFN_CHECK(confidence > 0 && confidence < 1, "a confidence of ", confidence,
             ", should lie between 0 and 1");
  return NormalQuantile(0.5 + confidence / 2);
}

}  // namespace

std::string_view NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNone:
      return "-";
    case Verdict::kSame:
      return "same";
    case Verdict::kDiffers:
      return "differs";
    case Verdict::kCannotTell:
      return "cannot tell at this n";
    case Verdict::kIncomparable:
      return "incomparable";
  }
  Fail("a verdict of number ", static_cast<int>(verdict));
}

std::string_view MarkOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNone:
      return "";
    case Verdict::kSame:
      return "=";
    case Verdict::kDiffers:
      return "!";
    case Verdict::kCannotTell:
      return "?";
    case Verdict::kIncomparable:
      return "~";
  }
  Fail("a verdict of number ", static_cast<int>(verdict));
}

Difference DifferenceOf(const Proportion& published, const Proportion& ours, double confidence) {
  for (const Proportion& share : {published, ours}) {
    VFFN_CHECK(share.questions > 0 && share.value >= 0 && share.value <= 1, "a share of ", share.value,
               " of ", share.questions, " questions");
  }
  return {.value = ours.value - published.value,
          .interval = Newcombe(published, ours, QuantileOf(confidence)),
          .p = ours.value == published.value ? 1 : NewcombeP(published, ours)};
}

Difference DifferenceOf(const Mean& published, const Mean& ours, double confidence) {
  const double difference = ours.value - published.value;
  const double error = std::hypot(published.standard_error, ours.standard_error);
  VFFN_CHECK(std::isfinite(difference) && std::isfinite(error) && error > 0, "a difference of ", difference,
             " ± ", error);
  const auto degrees = static_cast<double>(ours.degrees.value_or(0));
  const double quantile =
      ours.degrees ? StudentTwoSidedQuantile(1 - confidence, degrees) : QuantileOf(confidence);
  const double reach = quantile * error;
  return {
      .value = difference,
      .interval = {difference - reach, difference + reach},
      .p = ours.degrees ? StudentTwoSided(difference / error, degrees) : NormalTwoSided(difference / error)};
}

Verdict Judge(const Difference& difference, double adjusted_p, bool equal_as_printed, double alpha,
              double margin) {
  if (equal_as_printed) {
    return Verdict::kSame;
  }
  if (adjusted_p < alpha) {
    return Verdict::kDiffers;
  }
  const bool within = difference.interval.low >= -margin && difference.interval.high <= margin;
  return within ? Verdict::kSame : Verdict::kCannotTell;
}

}  // namespace vffn
