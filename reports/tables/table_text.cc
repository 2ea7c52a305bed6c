#include "reports/tables/table_text.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "reports/tables/display_width.h"
#include "reports/tables/table_data.h"

namespace vffn {
namespace {

using Texts = std::vector<std::string>;

/// Titles and cells as text, and how wide each column is on a terminal.
struct Layout {
  std::vector<Align> aligns;
  Texts titles;
  std::vector<Texts> rows;
  std::vector<size_t> widths;

  explicit Layout(const Table& table) {
    for (const Column& column : table.columns()) {
      if (!column.title.empty()) {
        aligns.push_back(column.style.align);
        titles.push_back(column.title);
        widths.push_back(DisplayWidth(column.title));
      }
    }
    for (const std::vector<Cell>& cells : table.rows()) {
      Texts& row = rows.emplace_back();
      for (size_t i = 0; i < cells.size(); ++i) {
        if (const Column& column = table.columns()[i]; !column.title.empty()) {
          row.push_back(cells[i].Text(column.style));
          size_t& width = widths[row.size() - 1];
          width = std::max(width, DisplayWidth(row.back()));
        }
      }
    }
  }

  std::string Line(const Texts& cells, const char* separator) const {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string blanks(widths[i] - DisplayWidth(cells[i]), ' ');
      line += i == 0 ? "" : separator;
      line += aligns[i] == Align::kRight ? blanks + cells[i] : cells[i] + blanks;
    }
    return line;
  }
};

std::string ConsoleRows(const Table& table, const Layout& layout) {
  std::string rule;
  const size_t gaps = 2 * (layout.widths.size() - 1);
  for (size_t i = std::accumulate(layout.widths.begin(), layout.widths.end(), gaps); i > 0; --i) {
    rule += "─";
  }
  std::string text;
  const auto add_line = [&](const Texts& cells) {
    std::string line = layout.Line(cells, "  ");
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  add_line(layout.titles);
  for (size_t i = 0; i < layout.rows.size(); ++i) {
    text += table.HasRuleBefore(i) ? rule + "\n" : "";
    add_line(layout.rows[i]);
  }
  return text;
}

std::string MarkdownRows(const Layout& layout) {
  std::string text = "| " + layout.Line(layout.titles, " | ") + " |\n";
  for (size_t i = 0; i < layout.widths.size(); ++i) {
    text.append("|").append(layout.widths[i] + 1, '-').append(layout.aligns[i] == Align::kRight ? ":" : "-");
  }
  text += "|\n";
  for (const Texts& row : layout.rows) {
    text += "| " + layout.Line(row, " | ") + " |\n";
  }
  return text;
}

std::string LatexRows(const Table& table, const Layout& layout) {
  std::string text = "\\begin{tabular}{";
  for (const Align align : layout.aligns) {
    text += align == Align::kRight ? 'r' : 'l';
  }
  text += "}\n\\toprule\n";
  const auto add_line = [&](const Texts& cells) {
    for (size_t i = 0; i < cells.size(); ++i) {
      text.append(i == 0 ? "" : " & ").append(LatexText(cells[i]));
    }
    text += " \\\\\n";
  };
  add_line(layout.titles);
  for (size_t i = 0; i < layout.rows.size(); ++i) {
    text += table.HasRuleBefore(i) ? "\\midrule\n" : "";
    add_line(layout.rows[i]);
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
      return ConsoleRows(table, Layout(table));
    case TableFormat::kMarkdown:
      return MarkdownRows(Layout(table));
    case TableFormat::kLatex:
      return LatexRows(table, Layout(table));
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

std::string LatexText(std::string_view text) {
  std::string escaped;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (std::string_view("&%$#_{}").find(c) != std::string_view::npos) {
      escaped.append(1, '\\').append(1, c);
    } else if (c == '\\') {
      escaped += "\\textbackslash{}";
    } else if (c == '~' || c == '^') {
      escaped.append(c == '~' ? "\\textasciitilde{}" : "\\textasciicircum{}");
    } else if (c == '<' || c == '>') {
      escaped.append(1, '$').append(1, c).append(1, '$');
    } else {
      escaped += c;
    }
  }
  for (const auto& [character, command] :
       {std::pair<std::string_view, std::string_view>("±", "$\\pm$"), {"−", "$-$"}, {"×", "$\\times$"}}) {
    for (size_t at = 0; (at = escaped.find(character, at)) != std::string::npos; at += command.size()) {
      escaped.replace(at, character.size(), command);
    }
  }
  return escaped;
}

std::string TitleText(std::string_view title, TableFormat format) {
  switch (format) {
    case TableFormat::kConsole:
      return std::string(title) + "\n";
    case TableFormat::kMarkdown:
      return "**" + std::string(title) + "**\n\n";
    case TableFormat::kLatex:
      return "% " + std::string(title) + "\n";
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
      text.append(mark).append(note).append("\n");
    }
  }
  return text;
}

}  // namespace vffn
