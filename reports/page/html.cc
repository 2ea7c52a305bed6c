#include "reports/page/html.h"

#include <utility>

namespace vffn {
namespace {

std::string Replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string replaced;
  for (size_t found = text.find(from); found != std::string_view::npos; found = text.find(from)) {
    replaced.append(text.substr(0, found)).append(to);
    text.remove_prefix(found + from.size());
  }
  return replaced.append(text);
}

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string escaped(text);
  for (const auto& [from, to] : {std::pair{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}}) {
    escaped = Replaced(escaped, from, to);
  }
  return escaped;
}

std::string ScriptJson(std::string_view json) { return Replaced(json, "<", "\\u003c"); }

std::string ScriptCode(std::string_view code) {
  return Replaced(Replaced(code, "</script", "<\\/script"), "<!--", "<\\!--");
}

}  // namespace vffn
