// A reproduction as tables for people and as data.
#pragma once

#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "reports/reproduction/report_selection.h"
#include "reports/reproduction/reproduction.h"
#include "reports/tables/table_text.h"

namespace vffn {

/// Tables 1 to 5 in the paper's layout: each row's runs, marked with their verdicts, above the published
/// numbers. Below each table the cells that were compared. Absent numbers are "-".
std::vector<Table> PaperTables(const Reproduction& reproduction, const ReportSelection& selection = {});

/// The runs of other models under their own names; then all runs and where they come from, with the rules of
/// the verdicts as notes.
std::vector<Table> RunTables(const Reproduction& reproduction, const ReportSelection& selection = {});

/// All of them: other models, the paper's tables, the runs. CSV: CellsOfAllRuns (cell_table.h).
std::string ReproductionText(const Reproduction& reproduction, TableFormat format,
                             const ReportSelection& selection = {});

/// {"rule": {...}, "runs": [...], "cells": [...]}: absent is null; a cell's run is its index.
OrderedJson ReproductionJson(const Reproduction& reproduction, const ReportSelection& selection = {});

}  // namespace vffn
