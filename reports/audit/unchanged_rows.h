// Rows that are the same in two tables whose other rows differ.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "reports/audit/audit_finding.h"
#include "reports/published/published_numbers.h"

namespace vffn {

/// A row that what distinguishes two tables did not change, although it changed other rows.
struct UnchangedRow {
  std::string scale, row;
  std::string a_table, b_table;                            ///< in the order of the numbers
  std::vector<std::pair<std::string, std::string>> cells;  ///< column and printed value, the same in both
  std::vector<std::string> changed;  ///< rows of the same scale that are in both tables and differ
};

/// Every such row: it is in both tables under one name and scale, all the columns that both tables print for
/// it have the same text, and at least one other row of this scale differs. If a third table repeats one of
/// the two, the row is listed once, for the pair with the most columns or the first of them.
std::vector<UnchangedRow> FindUnchangedRows(std::span<const PublishedNumber> numbers);

/// Notes about these rows, for tables of any paper.
Findings AuditUnchangedRows(std::span<const PublishedNumber> numbers);

/// "Table 1", "Figure 3a" for "figure-3a".
std::string TableTitle(std::string_view table);

}  // namespace vffn
