#include "reports/page/page_table.h"

#include <algorithm>
#include <utility>

#include "reports/tables/table_text.h"

namespace vffn {

PageTable ToPageTable(const Table& table) {
  PageTable page{.caption = table.title, .notes = table.notes};
  ShownTable shown = Shown(table);
  for (const ShownTable::ShownColumn& column : shown.columns) {
    page.columns.push_back({column.title, column.align == Align::kRight});
  }
  for (std::vector<ShownTable::ShownCell>& row : shown.rows) {
    std::vector<PageCell>& cells = page.rows.emplace_back();
    for (size_t i = 0; i < row.size(); ++i) {
      cells.push_back({std::move(row[i].text), page.columns[i].numeric ? row[i].number : std::nullopt});
    }
  }
  const auto foot = std::ranges::find_if(page.rows, [](const std::vector<PageCell>& row) {
    return !row.empty() && row.front().text.starts_with("average");
  });
  if (foot != page.rows.begin()) {
    page.foot_rows = static_cast<size_t>(page.rows.end() - foot);
  }
  return page;
}

}  // namespace vffn
