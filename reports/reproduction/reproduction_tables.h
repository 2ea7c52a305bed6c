// A reproduction as tables for people.
#pragma once

#include <string>
#include <vector>

#include "reports/reproduction/reproduction.h"
#include "reports/tables/text_table.h"

namespace vffn {

/// A table with what stands above and below it.
struct TitledTable {
  std::string title;
  TextTable table;
  std::vector<std::string> notes;
  bool of_paper = false;  ///< one of its tables, not of ours alone
};

/// Tables 1 to 5 in the paper's layout, each row's published numbers above ours, marked with their verdicts;
/// below each what was compared, cell by cell; the runs of other models under their own names; where
/// everything comes from. Absent numbers are "-".
std::vector<TitledTable> ReproductionTables(const Reproduction& reproduction);

/// All of them; as CSV, ReproductionCsv.
std::string ReproductionText(const Reproduction& reproduction, TableFormat format);

}  // namespace vffn
