// The number of words of a text, as lm-evaluation-harness counts them for perplexities.
#pragma once

#include <cstddef>
#include <string_view>

namespace vffn {

/// len(re.split(r"\s+", text)) of Python: runs of white space and one. So an empty text has one word, and
/// white space at an end makes one more. `text` is well-formed UTF-8.
size_t CountSplitWords(std::string_view text);

}  // namespace vffn
