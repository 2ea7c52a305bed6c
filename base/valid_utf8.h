// Text that is always well-formed UTF-8, for messages and JSON: a path need not be.
#pragma once

#include <string>

#include "base/json_fwd.h"

namespace vffn {

/// The text of a JSON value, with U+FFFD in place of bytes of its strings that are not UTF-8; on one line if
/// `indent` is below 0.
std::string DumpJson(const OrderedJson& json, int indent = -1);

/// The text with U+FFFD in place of bytes that are not well-formed UTF-8.
std::string ValidUtf8(const std::string& text);

}  // namespace vffn
