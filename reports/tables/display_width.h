// How much room text takes on a terminal.
#pragma once

#include <cstddef>
#include <string_view>

namespace vffn {

/// Columns of a terminal: 2 for East Asian wide and full-width characters and emoji, 0 for combining marks,
/// zero-width and control characters, else 1 (Unicode's East_Asian_Width; ambiguous is narrow). A byte that
/// is no UTF-8 counts 1.
size_t DisplayWidth(std::string_view utf8);

}  // namespace vffn
