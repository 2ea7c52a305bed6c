// UTF-8, and the few string methods of Python that prompts depend on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace vffn {

/// Offset of the first byte that is not part of well-formed UTF-8 (no overlong forms, surrogates or values
/// above U+10FFFF), or npos if there is none.
size_t FindInvalidUtf8(std::string_view bytes);

/// Throws Error with the byte offset unless `text` is well-formed UTF-8.
void CheckUtf8(std::string_view text);

/// Number of code points: Python's len(). `text` is well-formed.
size_t CountCodePoints(std::string_view text);

/// Bytes of the UTF-8 sequence that begins with `first_byte`.
inline size_t Utf8Length(unsigned char first_byte) {
  return first_byte < 0x80 ? 1 : first_byte < 0xE0 ? 2 : first_byte < 0xF0 ? 3 : 4;
}

/// The code point at `position`, which is moved past it. `text` is well-formed.
inline uint32_t DecodeUtf8(std::string_view text, size_t& position) {
  const auto byte = [&](size_t i) {
    return static_cast<uint32_t>(static_cast<unsigned char>(text[position + i]));
  };
  const uint32_t first = byte(0);
  const size_t length = Utf8Length(static_cast<unsigned char>(first));
  uint32_t code = first;
  if (length == 2) {
    code = (first & 0x1F) << 6 | (byte(1) & 0x3F);
  } else if (length == 3) {
    code = (first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  } else if (length == 4) {
    code = (first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
  }
  position += length;
  return code;
}

/// Appends one code point.
void AppendUtf8(uint32_t code, std::string& text);

/// str.capitalize(): the first character in title case, the others in lower case, with Unicode's full
/// mappings and the final sigma. `text` is well-formed.
std::string PythonCapitalize(std::string_view text);

/// str.strip() and str.lstrip(): without the white space (str.isspace()) at both ends, at the start.
std::string_view PythonStrip(std::string_view text);
std::string_view PythonLStrip(std::string_view text);

}  // namespace vffn
