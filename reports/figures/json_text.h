// JSON values as text. Figures and the page are built from them, so that few files include the JSON library.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vffn {

/// One JSON value, converted from a C++ value. A default-made or empty optional value is absent.
class JsonText {
 public:
  JsonText() = default;
  JsonText(std::nullptr_t) : text_("null") {}
  template <std::same_as<bool> T>
  JsonText(T value) : text_(value ? "true" : "false") {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) JsonText(T number) : text_(std::to_string(number)) {}
  JsonText(double number);          ///< shortest text that reads back as the same number
  JsonText(std::string_view text);  ///< throws Error unless it is UTF-8
  JsonText(const std::string& text) : JsonText(std::string_view(text)) {}
  JsonText(const char* text) : JsonText(std::string_view(text)) {}
  template <class T>
  JsonText(const std::optional<T>& value) : JsonText(value.has_value() ? JsonText(*value) : JsonText()) {}
  template <class T>
  JsonText(const std::vector<T>& values) : text_("[") {
    for (const T& value : values) {
      const JsonText element(value);
      text_.append(text_.size() == 1 ? "" : ",").append(element.text());
      finite_ = finite_ && element.finite();
    }
    text_ += ']';
  }

  /// An object without the members that are absent.
  static JsonText Object(const std::vector<std::pair<std::string, JsonText>>& members);

  /// Text that is JSON already.
  static JsonText Verbatim(std::string json);

  const std::string& text() const { return text_; }
  bool absent() const { return text_.empty(); }

  /// False for NaN and infinities, which JSON cannot write: their text is not valid.
  bool finite() const { return finite_; }

  /// The value as a CSV field (RFC 4180): strings without JSON's escapes, null and absent values empty.
  std::string CsvField() const;

 private:
  std::string text_;
  bool finite_ = true;
};

}  // namespace vffn
