#include "reports/audit/unchanged_rows.h"

#include <algorithm>
#include <map>
#include <optional>

#include "reports/tables/number_text.h"

namespace vffn {
namespace {

using Cells = std::vector<std::pair<std::string, std::string>>;

/// The rows of one scale of one table, by name, in the order of the numbers.
struct TableRows {
  std::string table, scale;
  std::vector<std::pair<std::string, Cells>> rows;
};

template <class Value>
Value& ValueOf(std::vector<std::pair<std::string, Value>>& values, const std::string& name) {
  const auto found = std::ranges::find(values, name, &std::pair<std::string, Value>::first);
  return found == values.end() ? values.emplace_back(name, Value()).second : found->second;
}

std::vector<TableRows> TablesOf(std::span<const PublishedNumber> numbers) {
  std::vector<TableRows> tables;
  for (const PublishedNumber& number : numbers) {
    auto table = std::ranges::find_if(tables, [&](const TableRows& known) {
      return known.table == number.table && known.scale == number.scale;
    });
    if (table == tables.end()) {
      table = tables.insert(table, {.table = number.table, .scale = number.scale});
    }
    ValueOf(table->rows, number.row).emplace_back(number.column, number.value);
  }
  return tables;
}

/// Of the columns that both rows have: those that agree, with their value, and whether one differs.
struct SharedCells {
  Cells same;
  bool differs = false;
};

SharedCells Compare(const Cells& a, const Cells& b) {
  SharedCells shared;
  for (const auto& [column, value] : a) {
    const auto other = std::ranges::find(b, column, &Cells::value_type::first);
    if (other == b.end()) {
      continue;
    }
    if (other->second == value) {
      shared.same.emplace_back(column, value);
    } else {
      shared.differs = true;
    }
  }
  return shared;
}

void ComparePair(const TableRows& a, const TableRows& b, std::vector<UnchangedRow>& found) {
  std::vector<UnchangedRow> unchanged;
  std::vector<std::string> changed;
  for (const auto& [name, cells] : a.rows) {
    const auto other = std::ranges::find(b.rows, name, &std::pair<std::string, Cells>::first);
    if (other == b.rows.end()) {
      continue;
    }
    const SharedCells shared = Compare(cells, other->second);
    if (shared.differs) {
      changed.push_back(name);
    } else if (!shared.same.empty()) {
      unchanged.push_back(
          {.scale = a.scale, .row = name, .a_table = a.table, .b_table = b.table, .cells = shared.same});
    }
  }
  for (UnchangedRow& row : changed.empty() ? std::vector<UnchangedRow>() : unchanged) {
    row.changed = changed;
    found.push_back(std::move(row));
  }
}

bool HasAll(const Cells& all, const Cells& some) {
  return std::ranges::all_of(some, [&](const auto& cell) { return std::ranges::count(all, cell) > 0; });
}

}  // namespace

std::string TableTitle(std::string_view table) {
  const bool figure = table.starts_with("figure-");
  return (figure ? "Figure " : "Table ") + std::string(figure ? table.substr(7) : table);
}

std::vector<UnchangedRow> FindUnchangedRows(std::span<const PublishedNumber> numbers) {
  const std::vector<TableRows> tables = TablesOf(numbers);
  std::vector<UnchangedRow> found;
  for (size_t a = 0; a < tables.size(); ++a) {
    for (size_t b = a + 1; b < tables.size(); ++b) {
      if (tables[a].scale == tables[b].scale) {
        ComparePair(tables[a], tables[b], found);
      }
    }
  }
  // The first pair with the most columns says everything that the others say.
  std::ranges::stable_sort(found, std::greater(), [](const UnchangedRow& row) { return row.cells.size(); });
  std::vector<UnchangedRow> kept;
  for (UnchangedRow& row : found) {
    const bool known = std::ranges::any_of(kept, [&](const UnchangedRow& other) {
      return other.scale == row.scale && other.row == row.row && HasAll(other.cells, row.cells);
    });
    if (!known) {
      kept.push_back(std::move(row));
    }
  }
  return kept;
}

Findings AuditUnchangedRows(std::span<const PublishedNumber> numbers) {
  Findings findings;
  for (const UnchangedRow& row : FindUnchangedRows(numbers)) {
    std::vector<std::string> cells;
    for (const auto& [column, value] : row.cells) {
      cells.push_back(column + " " + value);
    }
    findings.push_back({Severity::kNote, "unchanged row",
                        TableTitle(row.a_table) + " and " + TableTitle(row.b_table) + ", " +
                            (row.scale.empty() ? "" : row.scale + "/") + row.row,
                        row.row + " has the same numbers in both tables (" + JoinedText(cells, ", ") +
                            "), while " + JoinedText(row.changed, " and ") +
                            " differ: what distinguishes the tables did not change " + row.row +
                            ". If it was not applied to " + row.row +
                            ", differences from it mix two causes in one of the tables",
                        "the printed text of every cell that two tables share, by scale, row and column"});
  }
  return findings;
}

}  // namespace vffn
