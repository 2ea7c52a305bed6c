#include "reports/tables/markdown_text.h"

#include <algorithm>
#include <cctype>

namespace vffn {
namespace {

/// Of a word; bytes of other scripts count as letters.
bool IsOfWord(std::string_view text, size_t at) {
  const auto byte = static_cast<unsigned char>(at < text.size() ? text[at] : ' ');
  return std::isalnum(byte) != 0 || byte >= 0x80 || byte == '_';
}

bool StartsEntity(std::string_view text, size_t at) {
  const size_t end =
      text.find_first_not_of("#abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", at + 1);
  return end != std::string_view::npos && text[end] == ';' && end > at + 1;
}

bool NeedsBackslash(std::string_view text, size_t at) {
  const char c = text[at];
  if (std::string_view("|`*<\\[]$").find(c) != std::string_view::npos) {
    return true;
  }
  switch (c) {
    case '_':
      return at == 0 || !IsOfWord(text, at - 1) || !IsOfWord(text, at + 1);
    case '~':  // two strike out
      return text.substr(at, 2) == "~~" || (at > 0 && text[at - 1] == '~');
    case '&':
      return StartsEntity(text, at);
    default:  // headings, lists and quotes
      return at == 0 && std::string_view("#+->=").find(c) != std::string_view::npos &&
             (text.size() == 1 || text[1] == ' ' || text[1] == c);
  }
}

/// "1. " or "1) " at the start would be a list.
size_t ListNumberEnd(std::string_view text) {
  const size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const bool list = end > 0 && end < text.size() && (text[end] == '.' || text[end] == ')') &&
                    (end + 1 == text.size() || text[end + 1] == ' ');
  return list ? end : std::string_view::npos;
}

}  // namespace

std::string OneLine(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(
      line, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return line;
}

std::string MarkdownText(std::string_view text) {
  const std::string line = OneLine(text);
  const size_t number_end = ListNumberEnd(line);
  std::string escaped;
  for (size_t i = 0; i < line.size(); ++i) {
    escaped.append(i == number_end || NeedsBackslash(line, i) ? "\\" : "").append(1, line[i]);
  }
  return escaped;
}

}  // namespace vffn
