#include "text/serde_number.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

namespace vffn {
namespace {

constexpr int kLargestPower = 308;

double PowerOfTen(int exponent) {
  static const std::array<double, kLargestPower + 1> powers = [] {
    std::array<double, kLargestPower + 1> made{};
    for (size_t i = 0; i < made.size(); ++i) {
      made[i] = std::strtod(("1e" + std::to_string(i)).c_str(), nullptr);
    }
    return made;
  }();
  return powers[static_cast<size_t>(exponent)];
}

double Scaled(uint64_t significand, int64_t exponent) {
  auto value = static_cast<double>(significand);
  for (; exponent < -kLargestPower && value != 0; exponent += kLargestPower) {
    value /= PowerOfTen(kLargestPower);
  }
  if (value == 0 || exponent < -kLargestPower) {
    return value;
  }
  if (exponent > kLargestPower) {
    return std::numeric_limits<double>::infinity();
  }
  return exponent < 0 ? value / PowerOfTen(static_cast<int>(-exponent))
                      : value * PowerOfTen(static_cast<int>(exponent));
}

}  // namespace

double SerdeNumber(std::string_view text) {
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  size_t position = text.starts_with('-') ? 1 : 0;
  uint64_t significand = 0;
  int64_t exponent = 0;
  bool after_point = false, full = false;  // full: further digits do not count
  for (; position < text.size() && text[position] != 'e' && text[position] != 'E'; ++position) {
    if (text[position] == '.') {
      after_point = true;
      continue;
    }
    const auto digit = static_cast<uint64_t>(text[position] - '0');
    full = full || significand > (kMax - digit) / 10;
    if (!full) {
      significand = significand * 10 + digit;
      exponent -= after_point;
    } else if (!after_point) {
      ++exponent;
    }
  }
  if (position < text.size()) {
    exponent += std::strtoll(std::string(text.substr(position + 1)).c_str(), nullptr, 10);
  }
  const double value = Scaled(significand, exponent);
  return text.starts_with('-') ? -value : value;
}

}  // namespace vffn
