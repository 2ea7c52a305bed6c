// Text in HTML.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace vffn {

/// Text for an element or a quoted attribute.
std::string EscapeHtml(std::string_view text);

/// JSON for a <script type="application/json">: "<" only as \u003c.
std::string ScriptJson(const OrderedJson& value);

/// JavaScript for a <script>: what would end it, or begin a comment, only with a backslash, which means the
/// same in the strings where alone it can stand.
std::string ScriptCode(std::string_view code);

}  // namespace vffn
