// Tables for people: aligned columns on a terminal, Markdown, LaTeX.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/tables/table.h"

namespace vffn {

enum class TableFormat { kConsole, kMarkdown, kLatex, kCsv };

/// "console", "markdown", "latex" or "csv". Throws Error on another name.
TableFormat ParseTableFormat(std::string_view name);

/// A table as people see it, cell by cell.
struct ShownTable {
  struct ShownColumn {
    std::string title;
    Align align;
  };
  struct ShownCell {
    std::string text;
    std::optional<double> number;  ///< to sort by
  };
  std::vector<ShownColumn> columns;
  std::vector<std::vector<ShownCell>> rows;
};
ShownTable Shown(const Table& table);

/// Title, rows and notes, escaped as the format needs it (latex_text.h, markdown_text.h). CSV: ToCsv
/// (table_data.h).
std::string ToText(const Table& table, TableFormat format);

/// The rows alone. LaTeX: a tabular environment with the rules of the package booktabs.
std::string RowsText(const Table& table, TableFormat format);

/// A line above a table: itself on a terminal, bold in Markdown, a comment in LaTeX, nothing in CSV.
std::string TitleText(std::string_view title, TableFormat format);

/// Sentences below a table: lines on a terminal, a list in Markdown, comments in LaTeX, nothing in CSV.
std::string NotesText(const std::vector<std::string>& notes, TableFormat format);

}  // namespace vffn
