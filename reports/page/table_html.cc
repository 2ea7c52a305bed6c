#include "reports/page/table_html.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "reports/page/html.h"
#include "reports/tables/display_width.h"

namespace vffn {
namespace {

// Widths of printed tables, in em, for print.css, which chooses the font size by them.
constexpr double kCharacter = 0.56;     ///< a digit; letters are narrower on average
constexpr double kPadding = 0.9;        ///< of a cell, both sides
constexpr size_t kLongText = 40;        ///< longer texts may break anywhere
constexpr double kPortraitWidth = 70;   ///< A4 in portrait format with text of 7.5 points
constexpr double kReadableWidth = 150;  ///< A4 in landscape format with text of 5 points

size_t LongestWord(const std::string& text) {
  size_t longest = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    longest = std::max(longest, DisplayWidth(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return longest;
}

bool IsLong(const PageCell& cell) { return DisplayWidth(cell.text) > kLongText; }

double PrintedWidth(const PageTable& table) {
  double width = 0;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    size_t characters = LongestWord(table.columns[i].title);
    for (const std::vector<PageCell>& row : table.rows) {
      characters = std::max(characters, std::min(DisplayWidth(row[i].text), kLongText));
    }
    width += kCharacter * static_cast<double>(characters) + kPadding;
  }
  return width;
}

std::string ClassOf(bool numeric, bool is_long) {
  return numeric ? " class=\"number\"" : is_long ? " class=\"long\"" : "";
}

std::string HeadHtml(const PageTable& table) {
  std::string html = "<thead><tr>";
  for (const PageColumn& column : table.columns) {
    html += "<th scope=\"col\"" + ClassOf(column.numeric, false) + " data-title=\"" +
            EscapeHtml(column.title) + "\"><button type=\"button\">" + EscapeHtml(column.title) +
            "</button></th>";
  }
  return html + "</tr></thead>\n";
}

std::string RowHtml(const PageTable& table, const std::vector<PageCell>& row) {
  std::string html = "<tr>";
  for (size_t i = 0; i < row.size(); ++i) {
    const bool heads = i == 0 && !table.columns[i].numeric;
    html += (heads ? "<th scope=\"row\"" : "<td") + ClassOf(table.columns[i].numeric, IsLong(row[i]));
    if (row[i].value.has_value()) {
      html += " data-value=\"" + JsonText(*row[i].value).text() + "\"";
    }
    html += ">" + EscapeHtml(row[i].text) + (heads ? "</th>" : "</td>");
  }
  return html + "</tr>\n";
}

void CheckTable(const PageTable& table) {
  for (const std::vector<PageCell>& row : table.rows) {
    VFFN_CHECK(row.size() == table.columns.size(), "table \"", table.caption, "\": a row of ", row.size(),
               " cells under ", table.columns.size(), " columns");
  }
  VFFN_CHECK(table.foot_rows <= table.rows.size(), "table \"", table.caption, "\": a foot of ",
             table.foot_rows, " rows in a table of ", table.rows.size());
}

}  // namespace

bool IsWide(const PageTable& table) { return PrintedWidth(table) > kPortraitWidth; }

std::string TableHtml(const PageTable& table, const std::string& id) {
  CheckTable(table);
  const double width = PrintedWidth(table);
  // The caption is outside of the box that scrolls, so that it stays in view.
  const std::string name =
      table.caption.empty() ? " aria-label=\"Table\"" : " aria-labelledby=\"" + id + "-caption\"";
  std::string html = "<div class=\"table\" id=\"" + id + "\">\n<div class=\"caption\"><p id=\"" + id +
                     "-caption\">" + EscapeHtml(table.caption) +
                     "</p><button type=\"button\" class=\"copy\" aria-describedby=\"" + id +
                     "-caption\">copy</button></div>\n<div class=\"scroll\" role=\"group\"" + name +
                     "><table class=\"sortable" + (width > kReadableWidth ? " crowded" : "") +
                     "\" style=\"--em: " + std::to_string(std::lround(std::ceil(width))) + "\"" + name +
                     ">\n" + HeadHtml(table) + "<tbody>\n";
  for (size_t i = 0; i < table.rows.size(); ++i) {
    if (table.foot_rows > 0 && i == table.rows.size() - table.foot_rows) {
      html += "</tbody>\n<tfoot>\n";
    }
    html += RowHtml(table, table.rows[i]);
  }
  html += table.foot_rows > 0 ? "</tfoot></table></div>\n" : "</tbody></table></div>\n";
  for (const std::string& note : table.notes) {
    html += "<p class=\"note\">" + EscapeHtml(note) + "</p>\n";
  }
  return html + "</div>\n";
}

}  // namespace vffn
