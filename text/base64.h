// Bytes written as base64.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vffn {

/// Nothing if `text` is not base64 (RFC 4648, padded or not).
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace vffn
