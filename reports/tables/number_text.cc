#include "reports/tables/number_text.h"

#include <cstdio>

namespace vffn {
namespace {

std::string Format(const char* format, int decimals, double value) {
  char text[60];
  std::snprintf(text, sizeof text, format, decimals, value);
  return WithoutSignOfZero(text);
}

}  // namespace

std::string WithoutSignOfZero(std::string text) {
  const bool is_signed = !text.empty() && (text.front() == '-' || text.front() == '+');
  const bool is_zero =
      text.find_first_not_of("+-0.") == std::string::npos && text.find('0') != std::string::npos;
  return is_signed && is_zero ? text.substr(1) : text;
}

std::string FixedText(double value, int decimals) { return Format("%.*f", decimals, value); }

std::string FixedText(const std::optional<double>& value, int decimals) {
  return value ? FixedText(*value, decimals) : "-";
}

std::string SignedText(double value, int decimals) { return Format("%+.*f", decimals, value); }

std::string ProbabilityText(double p) { return p < 0.001 ? "<0.001" : FixedText(p, 3); }

std::string GroupedText(int64_t value) {
  std::string text = std::to_string(value);
  for (int at = static_cast<int>(text.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3) {
    text.insert(at, 1, ',');
  }
  return text;
}

std::string FormatText(const char* format, double value) {
  char text[60];
  std::snprintf(text, sizeof text, format, value);
  return WithoutSignOfZero(text);
}

std::string JoinedText(const std::vector<std::string>& texts, const char* separator) {
  std::string joined;
  for (const std::string& text : texts) {
    joined.append(joined.empty() ? "" : separator).append(text);
  }
  return joined;
}

}  // namespace vffn
