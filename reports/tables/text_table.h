// Tables of text: aligned columns on a terminal, Markdown, LaTeX, or CSV.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vffn {

enum class Align { kLeft, kRight };

enum class TableFormat { kConsole, kMarkdown, kLatex, kCsv };

/// "console", "markdown", "latex" or "csv". Throws Error on another name.
TableFormat ParseTableFormat(std::string_view name);

class TextTable {
 public:
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  explicit TextTable(std::vector<Column> columns);

  /// As many cells as there are columns; UTF-8 whose characters are one wide.
  void AddRow(std::vector<std::string> cells);

  /// A rule between the rows before and after (on a terminal only).
  void AddRule();

  const std::vector<Column>& columns() const { return columns_; }
  const std::vector<std::vector<std::string>>& rows() const { return rows_; }

  std::string ToConsole() const;
  std::string ToMarkdown() const;
  std::string ToLatex() const;  ///< a tabular environment with the rules of the package booktabs
  std::string ToCsv() const;
  std::string ToText(TableFormat format) const;

 private:
  std::vector<std::string> Titles() const;
  std::string Line(const std::vector<std::string>& cells, const std::string& separator) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<size_t> rules_;   // before which row
  std::vector<size_t> widths_;  // per column, in characters
};

/// Text as LaTeX sets it: what means something to LaTeX is escaped.
std::string LatexText(std::string_view text);

/// A line above a table: itself on a terminal, bold in Markdown, a comment in LaTeX, nothing in CSV.
std::string TitleText(std::string_view title, TableFormat format);

/// Sentences below a table: lines on a terminal, a list in Markdown, comments in LaTeX, nothing in CSV.
std::string NotesText(const std::vector<std::string>& notes, TableFormat format);

}  // namespace vffn
