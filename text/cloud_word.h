// Words as a word cloud shows them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vffn {

/// Whether a token's bytes begin, or end, with white space (ASCII, U+0085, U+00A0 or U+3000).
bool BeginsWithSpace(std::string_view piece);
bool EndsWithSpace(std::string_view piece);

/// Whether a token has more than ASCII punctuation and white space: a letter, a digit, or bytes above 0x7F.
bool HasWordBytes(std::string_view piece);

/// Where a word stands in a text: all but what is neither letter nor digit at both ends. Brackets stay that
/// close or open one inside the word ("CaCO_{3}", "(OH)2"), and the last dot of an abbreviation ("e.g.").
struct WordSpan {
  size_t begin = 0, end = 0;  ///< equal if there is no letter and no digit
};

/// Nothing if the bytes are no UTF-8.
std::optional<WordSpan> FindCloudWord(std::string_view bytes);

/// The word, in lower case if asked; empty if there is none. Nothing if the bytes are no UTF-8.
std::optional<std::string> WordForCloud(std::string_view bytes, bool lower_case);

/// A token's bytes as a label: control characters and bytes that are no UTF-8 as "\n", "\xC3".
std::string PieceLabel(std::string_view piece);

/// English function words, in lower case. "will" is not among them: the paper's cloud shows it.
bool IsEnglishStopWord(std::string_view lower_case_word);

}  // namespace vffn
