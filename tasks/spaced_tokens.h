// Sentences of GLUE, whose tokens are separated by blanks.
#pragma once

#include <string>
#include <string_view>

namespace vffn {

/// `sentence` without the blanks that its tokens do not have in print: before "n't", ")", quotation marks
/// and "' . ,", and after "(" and quotation marks. As OLMo's evaluator does it, opening and closing quotation
/// marks are not told apart.
std::string JoinSpacedTokens(std::string_view sentence);

}  // namespace vffn
