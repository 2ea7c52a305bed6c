// Text that is always well-formed UTF-8, for messages and JSON: a path need not be.
#pragma once

#include <string>

namespace vffn {

/// The text with U+FFFD in place of bytes that are not well-formed UTF-8.
std::string ValidUtf8(const std::string& text);

}  // namespace vffn
