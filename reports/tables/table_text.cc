#include "reports/tables/table_text.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "base/error.h"
#include "reports/tables/display_width.h"
#include "reports/tables/latex_text.h"
#include "reports/tables/markdown_text.h"
#include "reports/tables/table_data.h"

namespace vffn {
namespace {

/// A table as people see it, and how wide each column is on a terminal.
struct Layout : ShownTable {
  std::vector<size_t> widths;

  /// `escaped` gives a text as the format writes it.
  Layout(const Table& table, std::string (*escaped)(std::string_view)) : ShownTable(Shown(table)) {
    for (size_t i = 0; i < columns.size(); ++i) {
      columns[i].title = escaped(columns[i].title);
      for (std::vector<ShownCell>& row : rows) {
        row[i].text = escaped(row[i].text);
      }
      size_t width = DisplayWidth(columns[i].title);
      for (const std::vector<ShownCell>& row : rows) {
        width = std::max(width, DisplayWidth(row[i].text));
      }
      widths.push_back(width);
    }
  }

  /// The titles, then the rows.
  std::vector<std::vector<std::string>> Lines() const {
    std::vector<std::vector<std::string>> lines(1);
    for (const ShownColumn& column : columns) {
      lines.front().push_back(column.title);
    }
    for (const std::vector<ShownCell>& row : rows) {
      std::ranges::transform(row, std::back_inserter(lines.emplace_back()), &ShownCell::text);
    }
    return lines;
  }

  std::string Line(const std::vector<std::string>& texts, const char* separator) const {
    std::string line;
    for (size_t i = 0; i < texts.size(); ++i) {
      const std::string blanks(widths[i] - DisplayWidth(texts[i]), ' ');
      line += i == 0 ? "" : separator;
      line += columns[i].align == Align::kRight ? blanks + texts[i] : texts[i] + blanks;
    }
    return line;
  }
};

std::string ConsoleRows(const Table& table) {
  const Layout layout(table, OneLine);
  std::string rule, text;
  const size_t gaps = 2 * (layout.widths.size() - 1);
  for (size_t i = std::accumulate(layout.widths.begin(), layout.widths.end(), gaps); i > 0; --i) {
    rule += "─";
  }
  const auto lines = layout.Lines();
  for (size_t i = 0; i < lines.size(); ++i) {
    text += i > 0 && table.HasRuleBefore(i - 1) ? rule + "\n" : "";
    std::string line = layout.Line(lines[i], "  ");
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string MarkdownRows(const Table& table) {
  const Layout layout(table, MarkdownText);
  const auto lines = layout.Lines();
  std::string text = "| " + layout.Line(lines.front(), " | ") + " |\n";
  for (size_t i = 0; i < layout.columns.size(); ++i) {
    const bool right = layout.columns[i].align == Align::kRight;
    text.append("|").append(layout.widths[i] + 1, '-').append(right ? ":" : "-");
  }
  text += "|\n";
  for (size_t i = 1; i < lines.size(); ++i) {
    text += "| " + layout.Line(lines[i], " | ") + " |\n";
  }
  return text;
}

std::string LatexRows(const Table& table) {
  const Layout layout(table, LatexText);
  std::string text = "\\begin{tabular}{";
  for (const ShownTable::ShownColumn& column : layout.columns) {
    text += column.align == Align::kRight ? 'r' : 'l';
  }
  text += "}\n\\toprule\n";
  const auto lines = layout.Lines();
  for (size_t i = 0; i < lines.size(); ++i) {
    text += i > 0 && table.HasRuleBefore(i - 1) ? "\\midrule\n" : "";
    for (size_t j = 0; j < lines[i].size(); ++j) {
      text.append(j == 0 ? "" : " & ").append(lines[i][j]);
    }
    text += " \\\\\n";
  }
  return text + "\\bottomrule\n\\end{tabular}\n";
}

}  // namespace

ShownTable Shown(const Table& table) {
  ShownTable shown;
  for (const Column& column : table.columns()) {
    if (!column.title.empty()) {
      shown.columns.push_back({column.title, column.style.align});
    }
  }
  for (const std::vector<Cell>& cells : table.rows()) {
    std::vector<ShownTable::ShownCell>& row = shown.rows.emplace_back();
    for (size_t i = 0; i < cells.size(); ++i) {
      if (const Column& column = table.columns()[i]; !column.title.empty()) {
        row.push_back({cells[i].Text(column.style), cells[i].Number(column.style)});
      }
    }
  }
  return shown;
}

std::string RowsText(const Table& table, TableFormat format) {
  switch (format) {
    case TableFormat::kConsole:
      return ConsoleRows(table);
    case TableFormat::kMarkdown:
      return MarkdownRows(table);
    case TableFormat::kLatex:
      return LatexRows(table);
    case TableFormat::kCsv:
      return ToCsv(table);
  }
  Fail("a table format of number ", static_cast<int>(format));
}

std::string ToText(const Table& table, TableFormat format) {
  const std::string notes = NotesText(table.notes, format);
  return (table.title.empty() ? "" : TitleText(table.title, format)) + RowsText(table, format) +
         (notes.empty() ? "" : "\n" + notes);
}

TableFormat ParseTableFormat(std::string_view name) {
  if (name == "console" || name == "markdown") {
    return name == "console" ? TableFormat::kConsole : TableFormat::kMarkdown;
  }
  VFFN_CHECK(name == "latex" || name == "csv", "a table format \"", name,
             "\"; choose one of console, markdown, latex, csv");
  return name == "latex" ? TableFormat::kLatex : TableFormat::kCsv;
}

std::string TitleText(std::string_view title, TableFormat format) {
  switch (format) {
    case TableFormat::kConsole:
      return OneLine(title) + "\n";
    case TableFormat::kMarkdown:
      return "**" + MarkdownText(title) + "**\n\n";
    case TableFormat::kLatex:
      return "% " + OneLine(title) + "\n";
    case TableFormat::kCsv:
      return "";
  }
  Fail("a table format of number ", static_cast<int>(format));
}

std::string NotesText(const std::vector<std::string>& notes, TableFormat format) {
  std::string text;
  if (format != TableFormat::kCsv) {
    const std::string_view mark = format == TableFormat::kMarkdown ? "- "
                                  : format == TableFormat::kLatex  ? "% "
                                                                   : "";
    for (const std::string& note : notes) {
      text.append(mark)
          .append(format == TableFormat::kMarkdown  ? MarkdownText(note)
                  : format == TableFormat::kConsole ? note  // a long list has lines of its own
                                                    : OneLine(note))
          .append("\n");
    }
  }
  return text;
}

}  // namespace vffn
