// How vocabularies write bytes: byte-level ones in an alphabet of printable characters (GPT-2), others as
// <0x0A>.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vffn {

/// The character that stands for `byte`.
const std::string& ByteCharacter(unsigned char byte);

/// The bytes that `token` stands for; nothing if it has a character outside the alphabet.
std::optional<std::string> BytesOfToken(std::string_view token);

/// "<0x00>".."<0xFF>": the token of a byte in vocabularies of characters.
std::string ByteToken(unsigned char byte);

}  // namespace vffn
