// The cells of a reproduction, one a row.
#pragma once

#include <string>
#include <vector>

#include "reports/reproduction/report_selection.h"
#include "reports/reproduction/reproduction.h"
#include "reports/tables/table.h"

namespace vffn {

using Cells = std::vector<const ReproductionCell*>;

/// People see scale, method, run, column and the numbers; programs all facts of the cells.
Table CellTable(const Reproduction& reproduction, const Cells& cells);

/// All cells, and the numbers of runs that are no row of the paper.
Table CellsOfAllRuns(const Reproduction& reproduction, const ReportSelection& selection = {});

/// "params (M)" of "parameters_millions".
std::string ColumnTitle(const std::string& column);

/// The published number, with "#" if no whole number of questions gives it.
Cell PublishedNumberCell(const ReproductionCell& cell);
/// Ours, in the unit of its quantity.
Cell OurCell(const ReproductionCell& cell);

/// The label of a cell's run; empty if it has none.
std::string RunLabel(const Reproduction& reproduction, const ReproductionCell& cell);

}  // namespace vffn
