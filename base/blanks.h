// Blanks around the parts of a text.
#pragma once

#include <algorithm>
#include <string_view>

namespace vffn {

/// The text without spaces, tabs and newlines at its ends.
inline std::string_view WithoutBlanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);  // npos + 1 is 0
}

}  // namespace vffn
