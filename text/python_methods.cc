#include "text/python_methods.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "text/utf8.h"

namespace vffn {
namespace {

/// The offset where the last character begins. `text` is not empty.
size_t LastCharacter(std::string_view text) {
  size_t start = text.size() - 1;
  while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) {
    --start;
  }
  return start;
}

uint32_t CodeAt(std::string_view text, size_t position) { return DecodeUtf8(text, position); }

template <class Fits>
std::string_view StrippedWhere(std::string_view text, StripEnds ends, const Fits& fits) {
  while (ends.left && !text.empty() && fits(CodeAt(text, 0))) {
    text.remove_prefix(Utf8Length(static_cast<unsigned char>(text.front())));
  }
  while (ends.right && !text.empty() && fits(CodeAt(text, LastCharacter(text)))) {
    text = text.substr(0, LastCharacter(text));
  }
  return text;
}

bool IsPrintable(uint32_t code) {
  switch (u_charType(static_cast<UChar32>(code))) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_SURROGATE:
    case U_PRIVATE_USE_CHAR:
    case U_UNASSIGNED:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
      return false;
    case U_SPACE_SEPARATOR:
      return code == ' ';
    default:
      return true;
  }
}

void AppendHex(uint32_t code, std::string& text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const int digits = code < 0x100 ? 2 : code < 0x10000 ? 4 : 8;
  text += digits == 2 ? "\\x" : digits == 4 ? "\\u" : "\\U";
  for (int i = digits - 1; i >= 0; --i) {
    text += kDigits[code >> (4 * i) & 0xF];
  }
}

}  // namespace

std::string_view PythonRStrip(std::string_view text) {
  return StrippedWhere(text, {.left = false}, IsPythonSpace);
}

std::string_view PythonStripOf(std::string_view text, std::string_view characters, StripEnds ends) {
  std::u32string set;
  for (size_t position = 0; position < characters.size();) {
    set += DecodeUtf8(characters, position);
  }
  return StrippedWhere(text, ends, [&](uint32_t code) { return set.find(code) != std::u32string::npos; });
}

std::vector<std::string> PythonSplit(std::string_view text, int64_t maximum) {
  std::vector<std::string> parts;
  for (text = PythonLStrip(text); !text.empty(); text = PythonLStrip(text)) {
    if (maximum >= 0 && static_cast<int64_t>(parts.size()) == maximum) {
      parts.emplace_back(text);
      break;
    }
    size_t end = 0;
    while (end < text.size() && !IsPythonSpace(CodeAt(text, end))) {
      end += Utf8Length(static_cast<unsigned char>(text[end]));
    }
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return parts;
}

std::vector<std::string> PythonSplitAt(std::string_view text, std::string_view separator, int64_t maximum) {
  VFFN_CHECK(!separator.empty(), "split: the separator is empty");
  std::vector<std::string> parts;
  for (size_t found = text.find(separator);
       found != std::string_view::npos && (maximum < 0 || static_cast<int64_t>(parts.size()) < maximum);
       found = text.find(separator)) {
    parts.emplace_back(text.substr(0, found));
    text.remove_prefix(found + separator.size());
  }
  parts.emplace_back(text);
  return parts;
}

std::string PythonReplace(std::string_view text, std::string_view from, std::string_view to,
                          int64_t maximum) {
  std::string result;
  int64_t count = 0;
  const auto may = [&] { return maximum < 0 || count < maximum; };
  if (from.empty()) {
    for (const std::string& character : PythonCharacters(text)) {
      result.append(may() ? to : "").append(character);
      ++count;
    }
    return result.append(may() ? to : "");
  }
  for (size_t found = text.find(from); found != std::string_view::npos && may(); found = text.find(from)) {
    result.append(text.substr(0, found)).append(to);
    text.remove_prefix(found + from.size());
    ++count;
  }
  return result.append(text);
}

std::vector<std::string> PythonCharacters(std::string_view text) {
  std::vector<std::string> characters;
  for (size_t position = 0; position < text.size();) {
    const size_t length = Utf8Length(static_cast<unsigned char>(text[position]));
    characters.emplace_back(text.substr(position, length));
    position += length;
  }
  return characters;
}

std::string PythonRepr(std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string result(1, quote);
  for (size_t position = 0; position < text.size();) {
    const uint32_t code = DecodeUtf8(text, position);
    if (code == '\\' || code == static_cast<uint32_t>(quote)) {
      result.append("\\").append(1, static_cast<char>(code));
    } else if (code == '\n' || code == '\r' || code == '\t') {
      result += code == '\n' ? "\\n" : code == '\r' ? "\\r" : "\\t";
    } else if (IsPrintable(code)) {
      AppendUtf8(code, result);
    } else {
      AppendHex(code, result);
    }
  }
  return result.append(1, quote);
}

std::string PythonRepr(double number) {
  if (!std::isfinite(number)) {
    return std::isnan(number) ? "nan" : number < 0 ? "-inf" : "inf";
  }
  char buffer[64];
  char* end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr;
  const std::string scientific(buffer, end);
  const size_t mark = scientific.find('e');
  const int exponent = std::stoi(scientific.substr(mark + 1));
  if (exponent < -4 || exponent >= 16) {
    return scientific;
  }
  const std::string text(buffer,
                         std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::fixed).ptr);
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

bool PythonIsDigit(std::string_view text) {
  for (size_t position = 0; position < text.size();) {
    const auto code = static_cast<UChar32>(DecodeUtf8(text, position));
    const int32_t type = u_getIntPropertyValue(code, UCHAR_NUMERIC_TYPE);
    if (type != U_NT_DECIMAL && type != U_NT_DIGIT) {
      return false;
    }
  }
  return !text.empty();
}

}  // namespace vffn
