// Tables of text: aligned columns on a terminal, or Markdown.
#pragma once

#include <string>
#include <vector>

namespace vffn {

enum class Align { kLeft, kRight };

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

 private:
  std::string Line(const std::vector<std::string>& cells, const std::string& separator) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<size_t> rules_;   // before which row
  std::vector<size_t> widths_;  // per column, in characters
};

}  // namespace vffn
