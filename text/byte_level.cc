#include "text/byte_level.h"

#include <array>

#include "text/utf8.h"

namespace vffn {
namespace {

struct Alphabet {
  std::array<std::string, 256> characters;
  std::array<int, 0x144> bytes;  // by code point, -1 for none

  // Printable Latin-1 stands for itself; the other bytes, in order, for U+0100 and on.
  Alphabet() {
    bytes.fill(-1);
    uint32_t next = 0x100;
    for (int byte = 0; byte < 256; ++byte) {
      const bool printable = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
      const uint32_t code = printable ? static_cast<uint32_t>(byte) : next++;
      AppendUtf8(code, characters[static_cast<size_t>(byte)]);
      bytes[code] = byte;
    }
  }
};

const Alphabet& TheAlphabet() {
  static const Alphabet alphabet;
  return alphabet;
}

}  // namespace

const std::string& ByteCharacter(unsigned char byte) { return TheAlphabet().characters[byte]; }

std::optional<std::string> BytesOfToken(std::string_view token) {
  const Alphabet& alphabet = TheAlphabet();
  std::string bytes;
  for (size_t position = 0; position < token.size();) {
    const uint32_t code = DecodeUtf8(token, position);
    if (code >= alphabet.bytes.size() || alphabet.bytes[code] < 0) {
      return std::nullopt;
    }
    bytes += static_cast<char>(alphabet.bytes[code]);
  }
  return bytes;
}

std::string ByteToken(unsigned char byte) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string token = "<0x00>";
  token[3] = kDigits[byte >> 4];
  token[4] = kDigits[byte & 15];
  return token;
}

}  // namespace vffn
