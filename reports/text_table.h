// Tables of text: aligned columns on a terminal, Markdown, or CSV.
#pragma once

#include <string>
#include <vector>

namespace vffn {

enum class Align { kLeft, kRight };

enum class TableFormat { kConsole, kMarkdown, kCsv };

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

  std::string ToConsole() const;
  std::string ToMarkdown() const;
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

/// Sentences below a table: lines on a terminal, a list in Markdown, nothing in CSV.
std::string NotesText(const std::vector<std::string>& notes, TableFormat format);

}  // namespace vffn
