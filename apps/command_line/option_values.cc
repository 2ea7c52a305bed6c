#include "apps/command_line/option_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/blanks.h"

namespace vffn {
namespace {

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

[[noreturn]] void FailValue(const std::string& option, const std::string& text, const std::string& expected) {
  throw UsageError(option + ": \"" + text + "\" should be " + expected);
}

bool ParseBool(std::string text, const std::string& option) {
  const std::string given = text;
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  if (text == "true" || text == "1" || text == "yes" || text == "on") {
    return true;
  }
  if (text != "false" && text != "0" && text != "no" && text != "off") {
    FailValue(option, given, "true or false");
  }
  return false;
}

/// bool, text, path or number.
template <class T>
T ParseValue(const std::string& text, const std::string& option) {
  if constexpr (std::is_same_v<T, bool>) {
    return ParseBool(text, option);
  } else if constexpr (std::is_arithmetic_v<T>) {
    T number{};
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || error != std::errc() || stop != end || !std::isfinite(static_cast<double>(number))) {
      FailValue(option, text,
                std::floating_point<T>      ? "a number"
                : std::unsigned_integral<T> ? "a whole number from 0"
                                            : "a whole number");
    }
    return number;
  } else {
    return T(text);
  }
}

template <class Number>
std::string Digits(Number number, auto... format) {
  char digits[400];
  return {digits, std::to_chars(digits, std::end(digits), number, format...).ptr};
}

}  // namespace

std::vector<std::string> SplitList(const std::string& text, const std::string& option) {
  std::vector<std::string> elements;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    elements.emplace_back(WithoutBlanks(std::string_view(text).substr(begin, end - begin)));
    begin = end + 1;
  }
  if (elements.size() > 1 && elements.back().empty()) {
    elements.pop_back();  // a comma at the end
  }
  if (elements == std::vector<std::string>{""}) {
    throw UsageError(option + ": the list is empty");
  }
  if (const auto empty = std::ranges::find(elements, ""); empty != elements.end()) {
    throw UsageError(option + ": element " + std::to_string(empty - elements.begin() + 1) +
                     " of the list \"" + text + "\" is empty; remove the comma");
  }
  return elements;
}

void SetTarget(const OptionTarget& target, std::span<const std::string> values, const std::string& option) {
  std::visit(
      [&]<class T>(T* variable) {
        if constexpr (kIsVector<T>) {
          variable->clear();
          for (const std::string& value : values) {
            variable->push_back(ParseValue<typename T::value_type>(value, option));
          }
        } else if constexpr (std::is_same_v<T, std::string>) {
          variable->clear();
          for (size_t i = 0; i < values.size(); ++i) {
            variable->append(i == 0 ? "" : ",").append(values[i]);
          }
        } else if constexpr (kIsOptional<T>) {
          *variable = ParseValue<typename T::value_type>(values.front(), option);
        } else {
          *variable = ParseValue<T>(values.front(), option);
        }
      },
      target);
}

std::string DefaultOf(const OptionTarget& target) {
  return std::visit(
      []<class T>(const T* variable) -> std::string {
        if constexpr (std::is_same_v<T, std::string>) {
          return *variable;
        } else if constexpr (std::is_same_v<T, std::filesystem::path>) {
          return variable->string();
        } else if constexpr (std::is_same_v<T, double>) {
          return NumberText(*variable);
        } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
          return Digits(*variable);
        } else {
          return "";
        }
      },
      target);
}

bool IsFlag(const OptionTarget& target) { return std::holds_alternative<bool*>(target); }

bool TakesSeveral(const OptionTarget& target) {
  return std::visit([]<class T>(const T*) { return kIsVector<T>; }, target);
}

std::string NumberText(int64_t number) { return Digits(number); }

std::string NumberText(double number) { return Digits(number, std::chars_format::fixed); }

}  // namespace vffn
