// The text of a table as people export or paste it, as rows of cells.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vffn {

enum class PastedFormat { kSeparated, kMarkdown, kLatex };

struct PastedTable {
  PastedFormat format = PastedFormat::kSeparated;
  bool decimal_comma = false;  ///< the numbers have decimal commas: cells are separated by ';'
                               ///< or tabs, and one has a comma between digits
  std::vector<std::vector<std::string>> rows;  ///< at least one; all of one width
};

/// Recognises the format:
///   LaTeX         has "&" and "\\"; the rows are those of the first tabular (or the whole text); rules and
///                 comments are skipped, \multicolumn{n} is n cells
///   Markdown      has a line of "|", "-" and ":" below its first row
///   separated     RFC 4180, with a comma, a semicolon or a tab: whichever is most frequent in the first
///   line;
///                 blanks may stand before a quote; "sep=;" (of Excel) as first line names the separator
/// A byte order mark and blank lines are skipped. Throws Error, beginning with `origin` (and line), if there
/// is no row, a row of separated values has another width than the first, one of Markdown or LaTeX is wider,
/// or quotes are in the wrong place.
PastedTable ParsePastedTable(std::string_view text, const std::string& origin);

}  // namespace vffn
