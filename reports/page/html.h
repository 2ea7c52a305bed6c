// Escapes text, JSON and JavaScript for HTML.
#pragma once

#include <string>
#include <string_view>

namespace vffn {

/// Plain text for the content of an element or a quoted attribute.
std::string EscapeHtml(std::string_view text);

/// JSON text for a <script type="application/json">: "<" is escaped as \u003c.
std::string ScriptJson(std::string_view json);

/// JavaScript for a <script>. "</script" and "<!--" would end it or begin a comment: they get a backslash,
/// which changes nothing in string literals, the only place where they can occur.
std::string ScriptCode(std::string_view code);

}  // namespace vffn
