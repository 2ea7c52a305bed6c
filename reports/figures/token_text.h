// Tokens as readers see them.
#pragma once

#include <string>
#include <string_view>

namespace vffn {

/// One line of printable, well-formed UTF-8 for the bytes of a token: blanks as "·", line breaks as "\n",
/// other control characters and bytes that are no UTF-8 by themselves as "\xE2". Nothing visible is lost; an
/// empty token is "(empty)".
std::string VisibleToken(std::string_view bytes);

}  // namespace vffn
