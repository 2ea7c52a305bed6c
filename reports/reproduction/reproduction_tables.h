// A reproduction as tables for people and as data.
#pragma once

#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "reports/reproduction/reproduction.h"
#include "reports/tables/table_text.h"

namespace vffn {

/// Tables 1 to 5 in the paper's layout: each row's published numbers above ours, marked with their verdicts.
/// Below each table the cells that were compared. Absent numbers are "-".
std::vector<Table> PaperTables(const Reproduction& reproduction);

/// The runs of other models under their own names; then all runs and where they come from, with the rules of
/// the verdicts as notes.
std::vector<Table> RunTables(const Reproduction& reproduction);

/// All of them. CSV: every cell on a line, those of other models last (their table is "other"): table, scale,
/// row, column, run, untrained, published, ours, stderr, questions, difference, low, high, p, adjusted_p,
/// verdict, note.
std::string ReproductionText(const Reproduction& reproduction, TableFormat format);

/// {"rule": {...}, "runs": [...], "cells": [...]}: absent is null; a cell's run is its index.
OrderedJson ReproductionJson(const Reproduction& reproduction);

}  // namespace vffn
