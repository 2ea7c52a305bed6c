#include "reports/tables/number_text.h"

#include <cstdio>

namespace vffn {
namespace {

std::string Format(const char* format, int decimals, double value) {
  char text[60];
  std::snprintf(text, sizeof text, format, decimals, value);
  return text;
}

}  // namespace

std::string FixedText(double value, int decimals) { return Format("%.*f", decimals, value + 0.0); }

std::string FixedText(const std::optional<double>& value, int decimals) {
  return value ? FixedText(*value, decimals) : "-";
}

std::string SignedText(double value, int decimals) { return Format("%+.*f", decimals, value + 0.0); }

std::string ProbabilityText(const std::optional<double>& p) {
  return !p ? "-" : *p < 0.001 ? "<0.001" : FixedText(*p, 3);
}

std::string IntervalText(const std::optional<ConfidenceInterval>& interval, double scale, int decimals) {
  if (!interval) {
    return "-";
  }
  std::string text = "[";
  text.append(SignedText(scale * interval->low, decimals)).append(", ");
  return text.append(SignedText(scale * interval->high, decimals)).append("]");
}

std::string CountText(const std::optional<int64_t>& count) { return count ? std::to_string(*count) : "-"; }

OrderedJson ToJson(const std::optional<ConfidenceInterval>& interval) {
  return interval ? OrderedJson{interval->low, interval->high} : OrderedJson(nullptr);
}

}  // namespace vffn
