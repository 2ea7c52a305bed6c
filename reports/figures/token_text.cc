#include "reports/figures/token_text.h"

#include <algorithm>
#include <cstdio>

#include "text/utf8.h"

namespace vffn {
namespace {

std::string HexByte(char byte) {
  char text[5];
  std::snprintf(text, sizeof text, "\\x%02X", static_cast<unsigned char>(byte));
  return text;
}

std::string VisibleByte(char byte) {
  switch (byte) {
    case ' ':
      return "·";
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\r':
      return "\\r";
    default:
      return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F ? HexByte(byte) : std::string(1, byte);
  }
}

}  // namespace

std::string VisibleToken(std::string_view bytes) {
  if (bytes.empty()) {
    return "(empty)";
  }
  std::string text;
  while (!bytes.empty()) {
    const size_t valid = std::min(FindInvalidUtf8(bytes), bytes.size());
    for (const char byte : bytes.substr(0, valid)) {
      text += VisibleByte(byte);
    }
    if (valid < bytes.size()) {
      text += HexByte(bytes[valid]);
    }
    bytes.remove_prefix(std::min(valid + 1, bytes.size()));
  }
  return text;
}

}  // namespace vffn
