// Cutting a text at delimiters, as Hugging Face's behaviors say.
#pragma once

#include <string_view>
#include <vector>

#include "text/regex/regex.h"
#include "text/word_splitter.h"

namespace vffn {

/// Appends the words that `text` has if it is cut at `matches` (ascending; empty ones count, too).
void CutAtMatches(std::string_view text, const std::vector<Regex::Match>& matches, Cut cut,
                  std::vector<std::string_view>& words);

/// ",N" or ",N,inverted", for Describe.
std::string DescribeCut(Cut cut);

}  // namespace vffn
