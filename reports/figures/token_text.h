// Makes the bytes of a token visible.
#pragma once

#include <string>
#include <string_view>

namespace vffn {

/// One line of printable UTF-8. Spaces become "·", line breaks "\n", other control characters and bytes that
/// are not UTF-8 "\xE2"; an empty token becomes "(empty)".
std::string VisibleToken(std::string_view bytes);

}  // namespace vffn
