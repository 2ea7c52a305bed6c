#include "reports/tables/text_table.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "reports/tables/csv.h"
#include "text/utf8.h"

namespace vffn {
namespace {

size_t Width(const std::string& text) { return static_cast<size_t>(CountCodePoints(text)); }

}  // namespace

TextTable::TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {
  for (const Column& column : columns_) {
    widths_.push_back(Width(column.title));
  }
  AddRule();
}

void TextTable::AddRow(std::vector<std::string> cells) {
  VFFN_CHECK(cells.size() == columns_.size(), "a row of ", cells.size(), " cells in a table of ",
             columns_.size(), " columns");
  for (size_t i = 0; i < cells.size(); ++i) {
    widths_[i] = std::max(widths_[i], Width(cells[i]));
  }
  rows_.push_back(std::move(cells));
}

void TextTable::AddRule() { rules_.push_back(rows_.size()); }

std::string TextTable::Line(const std::vector<std::string>& cells, const std::string& separator) const {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string blanks(widths_[i] - Width(cells[i]), ' ');
    line += i == 0 ? "" : separator;
    line += columns_[i].align == Align::kRight ? blanks + cells[i] : cells[i] + blanks;
  }
  return line;
}

std::vector<std::string> TextTable::Titles() const {
  std::vector<std::string> titles;
  for (const Column& column : columns_) {
    titles.push_back(column.title);
  }
  return titles;
}

std::string TextTable::ToConsole() const {
  std::string rule;
  const size_t width = std::accumulate(widths_.begin(), widths_.end(), 2 * (columns_.size() - 1));
  for (size_t i = 0; i < width; ++i) {
    rule += "─";
  }
  std::string text;
  const auto add_line = [&](const std::vector<std::string>& cells) {
    std::string line = Line(cells, "  ");
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  add_line(Titles());
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (std::ranges::find(rules_, i) != rules_.end()) {
      text += rule + "\n";
    }
    add_line(rows_[i]);
  }
  return text;
}

std::string TextTable::ToMarkdown() const {
  std::string text = "| " + Line(Titles(), " | ") + " |\n";
  for (size_t i = 0; i < columns_.size(); ++i) {
    text.append("|").append(widths_[i] + 1, '-').append(columns_[i].align == Align::kRight ? ":" : "-");
  }
  text += "|\n";
  for (const std::vector<std::string>& row : rows_) {
    text += "| " + Line(row, " | ") + " |\n";
  }
  return text;
}

std::string TextTable::ToCsv() const {
  std::string text;
  const auto add_line = [&](const std::vector<std::string>& cells) {
    for (size_t i = 0; i < cells.size(); ++i) {
      text.append(i == 0 ? "" : ",").append(CsvField(cells[i]));
    }
    text += "\n";
  };
  add_line(Titles());
  std::ranges::for_each(rows_, add_line);
  return text;
}

std::string TextTable::ToLatex() const {
  std::string text = "\\begin{tabular}{";
  for (const Column& column : columns_) {
    text += column.align == Align::kRight ? 'r' : 'l';
  }
  text += "}\n\\toprule\n";
  const auto add_line = [&](const std::vector<std::string>& cells) {
    for (size_t i = 0; i < cells.size(); ++i) {
      text.append(i == 0 ? "" : " & ").append(LatexText(cells[i]));
    }
    text += " \\\\\n";
  };
  add_line(Titles());
  for (size_t i = 0; i < rows_.size(); ++i) {
    text += std::ranges::find(rules_, i) != rules_.end() ? "\\midrule\n" : "";
    add_line(rows_[i]);
  }
  return text + "\\bottomrule\n\\end{tabular}\n";
}

std::string TextTable::ToText(TableFormat format) const {
  switch (format) {
    case TableFormat::kConsole:
      return ToConsole();
    case TableFormat::kMarkdown:
      return ToMarkdown();
    case TableFormat::kLatex:
      return ToLatex();
    case TableFormat::kCsv:
      return ToCsv();
  }
  Fail("a table format of number ", static_cast<int>(format));
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
