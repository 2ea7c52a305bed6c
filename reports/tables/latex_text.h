// Text as pdfLaTeX sets it, with its default fonts and no package.
#pragma once

#include <string>
#include <string_view>

namespace vffn {

/// The text on one line, for a cell of a tabular or a caption. What means something to LaTeX is escaped, also
/// "[" and "*", which \\ and \midrule would take, and pairs such as "--", which are ligatures. Latin letters
/// with accents become accent commands and Greek letters mathematics. A character that pdfLaTeX cannot set
/// (Chinese, emoji ...) becomes its code point in typewriter type: "\texttt{U+6A21}".
std::string LatexText(std::string_view text);

/// Whether LatexText writes a character of the text as its code point.
bool HasCharactersWithoutLatex(std::string_view text);

}  // namespace vffn
