#include "reports/comparison/pasted_table.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/error.h"
#include "reports/tables/csv.h"

namespace vffn {
namespace {

std::string_view TrimBlanks(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

/// The parts of a line between separators; "\|" or "\&" separates nothing.
std::vector<std::string> SplitUnescaped(std::string_view line, char separator) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) {
      parts.back() += line[i];
      parts.back() += line[++i];
    } else if (line[i] == separator) {
      parts.emplace_back();
    } else {
      parts.back() += line[i];
    }
  }
  for (std::string& part : parts) {
    part = TrimBlanks(part);
  }
  return parts;
}

/// "|---|:--:|" below a header.
bool IsMarkdownRule(std::string_view line) {
  line = TrimBlanks(line);
  return line.find("---") != std::string_view::npos && line.find('|') != std::string_view::npos &&
         line.find_first_not_of("|-: \t") == std::string_view::npos;
}

void PadRows(PastedTable& table, const std::string& origin) {
  size_t width = 0;
  for (const auto& row : table.rows) {
    width = std::max(width, row.size());
  }
  for (size_t i = 0; i < table.rows.size(); ++i) {
    table.rows[i].resize(width);
  }
  VFFN_CHECK(width > 1, origin, ": the table has one column only");
}

PastedTable ParseMarkdown(const std::vector<std::string_view>& lines, const std::string& origin) {
  PastedTable table{.format = PastedFormat::kMarkdown};
  for (const std::string_view line : lines) {
    if (line.find('|') == std::string_view::npos || IsMarkdownRule(line)) {
      continue;  // text around the table
    }
    std::string_view inner = TrimBlanks(line);
    inner.remove_prefix(inner.starts_with('|') ? 1 : 0);
    inner.remove_suffix(inner.ends_with('|') && !inner.ends_with("\\|") ? 1 : 0);
    table.rows.push_back(SplitUnescaped(inner, '|'));
    VFFN_CHECK(table.rows.back().size() <= table.rows.front().size(), origin, ": the row \"",
               table.rows.back().front(), "\" has ", table.rows.back().size(), " cells; the header has ",
               table.rows.front().size());
  }
  PadRows(table, origin);
  return table;
}

/// The text without "% comments".
std::string WithoutComments(std::string_view text) {
  std::string kept;
  for (const std::string_view line : LinesOf(text)) {
    size_t comment = line.find('%');
    while (comment != std::string_view::npos && comment > 0 && line[comment - 1] == '\\') {
      comment = line.find('%', comment + 1);
    }
    kept.append(line.substr(0, comment)).append("\n");
  }
  return kept;
}

/// Where the braces that open at `at` close; npos if they do not.
size_t ClosingBrace(std::string_view text, size_t at) {
  int depth = 0;
  for (; at < text.size(); ++at) {
    depth += text[at] == '{' ? 1 : text[at] == '}' ? -1 : 0;
    if (depth == 0) {
      return at;
    }
  }
  return std::string_view::npos;
}

/// What is between \begin{tabular}{...} and \end{tabular} (or tabular*, tabularx), or everything.
std::string_view TabularBody(std::string_view text) {
  const size_t begin = text.find("\\begin{tabular");
  if (begin == std::string_view::npos) {
    return text;
  }
  size_t at = text.find('}', begin) + 1;
  const std::string_view name = text.substr(begin, at - begin);
  for (int arguments = name == "\\begin{tabular}" ? 1 : 2; arguments > 0; --arguments) {
    at = std::min(text.find('{', at), text.size());
    at = std::min(ClosingBrace(text, at), text.size() - 1) + 1;
  }
  return text.substr(at, text.find("\\end{tabular", at) - at);
}

/// Removes \toprule, \hline, \cmidrule(lr){2-3} and the like at the start of a row.
std::string_view WithoutRules(std::string_view row) {
  for (row = TrimBlanks(row); row.starts_with('\\'); row = TrimBlanks(row)) {
    const size_t end = std::min(row.find_first_not_of("abcdefghijklmnopqrstuvwxyz", 1), row.size());
    const std::string_view command = row.substr(1, end - 1);
    if (!command.ends_with("rule") && !command.ends_with("line") && command != "addlinespace") {
      break;
    }
    row.remove_prefix(end);
    while (row.starts_with('(') || row.starts_with('[') || row.starts_with('{')) {
      row.remove_prefix(std::min(row.find_first_of(")]}"), row.size() - 1) + 1);
    }
  }
  return row;
}

/// How many columns a cell takes: n of "\multicolumn{n}".
size_t ColumnsOf(std::string_view cell) {
  constexpr std::string_view kCommand = "\\multicolumn{";
  size_t columns = 1;
  if (const size_t at = cell.find(kCommand); at != std::string_view::npos) {
    const std::string_view number = cell.substr(at + kCommand.size());
    std::from_chars(number.data(), number.data() + number.size(), columns);
  }
  constexpr size_t kMost = 100;
  return std::clamp<size_t>(columns, 1, kMost);
}

PastedTable ParseLatex(std::string_view text, const std::string& origin) {
  PastedTable table{.format = PastedFormat::kLatex};
  const std::string plain = WithoutComments(text);
  const std::string_view body = TabularBody(plain);
  for (size_t begin = 0; begin < body.size();) {
    const size_t end = std::min(body.find("\\\\", begin), body.size());
    std::string_view row = body.substr(begin, end - begin);
    begin = std::min(end + 2, body.size());
    if (row.starts_with('[')) {  // "\\[2pt]" of the row before
      row.remove_prefix(std::min(row.find(']'), row.size() - 1) + 1);
    }
    row = WithoutRules(row);
    if (row.find('&') == std::string_view::npos && row.find("\\multicolumn") == std::string_view::npos) {
      continue;
    }
    std::vector<std::string>& cells = table.rows.emplace_back();
    for (const std::string& cell : SplitUnescaped(row, '&')) {
      cells.push_back(cell);
      cells.resize(cells.size() + ColumnsOf(cell) - 1);
    }
  }
  VFFN_CHECK(!table.rows.empty(), origin, ": has no rows of a LaTeX table (cells separated by &)");
  PadRows(table, origin);
  return table;
}

/// The separator that "sep=;" names; nothing if the line is another one.
std::optional<char> ExcelSeparator(std::string_view line) {
  line = TrimBlanks(line);
  return line.starts_with("sep=") && line.size() == 5 ? std::optional(line[4]) : std::nullopt;
}

char SeparatorOf(std::string_view line) {
  char best = ',';
  for (const char separator : {'\t', ';'}) {
    best = std::ranges::count(line, separator) > std::ranges::count(line, best) ? separator : best;
  }
  return best;
}

bool HasDecimalComma(std::string_view cell) {
  const size_t comma = cell.find(',');
  const auto is_digit = [&](size_t at) { return at < cell.size() && cell[at] >= '0' && cell[at] <= '9'; };
  return comma != std::string_view::npos && is_digit(comma - 1) && is_digit(comma + 1);
}

PastedTable ParseSeparated(std::string_view text, const std::vector<std::string_view>& lines,
                           const std::string& origin) {
  PastedTable table;
  const auto first =
      std::ranges::find_if(lines, [](std::string_view line) { return !TrimBlanks(line).empty(); });
  char separator = SeparatorOf(*first);
  if (const auto named = ExcelSeparator(*first)) {
    separator = *named;
    text = text.substr(static_cast<size_t>(first->data() + first->size() - text.data()));
  }
  CsvTable csv = ParseCsv(text, origin, separator);
  table.rows.push_back(std::move(csv.header));
  std::ranges::move(csv.rows, std::back_inserter(table.rows));
  for (const auto& row : table.rows) {
    table.decimal_comma =
        table.decimal_comma || (separator != ',' && std::ranges::any_of(row, HasDecimalComma));
  }
  return table;
}

}  // namespace

PastedTable ParsePastedTable(std::string_view text, const std::string& origin) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  text.remove_prefix(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
  const std::vector<std::string_view> lines = LinesOf(text);
  VFFN_CHECK(!TrimBlanks(text).empty(), origin, ": the file is empty, not even a header is there");
  if (std::ranges::any_of(lines, IsMarkdownRule)) {
    return ParseMarkdown(lines, origin);
  }
  if (text.find('&') != std::string_view::npos && text.find("\\\\") != std::string_view::npos) {
    return ParseLatex(text, origin);
  }
  return ParseSeparated(text, lines, origin);
}

}  // namespace vffn
