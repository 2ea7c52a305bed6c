#include "text/utf8.h"

#include <cstring>

#include "base/error.h"

namespace vffn {
namespace {

constexpr size_t kNone = std::string_view::npos;

// The length of the well-formed sequence at the start of `bytes`, 0 if there is none (Unicode, table 3-7).
size_t SequenceLength(std::string_view bytes) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xC2 || first > 0xF4) {
    return 0;
  }
  const size_t length = Utf8Length(first);
  if (bytes.size() < length) {
    return 0;
  }
  const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) {
    return 0;
  }
  for (size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) {
      return 0;
    }
  }
  return length;
}

}  // namespace

size_t FindInvalidUtf8(std::string_view bytes) {
  size_t position = 0;
  while (position < bytes.size()) {
    uint64_t eight;
    if (position + sizeof(eight) <= bytes.size()) {
      std::memcpy(&eight, bytes.data() + position, sizeof(eight));
      if ((eight & 0x8080808080808080u) == 0) {
        position += sizeof(eight);
        continue;
      }
    }
    const size_t length = SequenceLength(bytes.substr(position));
    if (length == 0) {
      return position;
    }
    position += length;
  }
  return kNone;
}

void CheckUtf8(std::string_view text) {
  const size_t offset = FindInvalidUtf8(text);
  VFFN_CHECK(offset == kNone, "text is not valid UTF-8 at byte ", offset, " of ", text.size(),
             "; convert it to UTF-8 first");
}

size_t CountCodePoints(std::string_view text) {
  size_t count = 0;
  for (const char byte : text) {
    count += (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }
  return count;
}

void AppendUtf8(uint32_t code, std::string& text) {
  const auto append = [&](uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    append(code);
    return;
  }
  if (code < 0x800) {
    append(0xC0 | code >> 6);
  } else {
    if (code < 0x10000) {
      append(0xE0 | code >> 12);
    } else {
      append(0xF0 | code >> 18);
      append(0x80 | (code >> 12 & 0x3F));
    }
    append(0x80 | (code >> 6 & 0x3F));
  }
  append(0x80 | (code & 0x3F));
}

}  // namespace vffn
