// The rows of the paper's Tables 1 to 5, and of Figure 3, that a model corresponds to.
#pragma once

#include <string>
#include <vector>

#include "model/config.h"

namespace vffn {

/// A row of reports/published.
struct PaperRow {
  std::string table, scale, row;

  bool operator==(const PaperRow&) const = default;
};

/// "Table 4A, 354M, 2-loops".
std::string ToString(const PaperRow& row);

/// By architecture alone: sizes, kind of FFN, experts, loops. A model of the 354M scale may be a row of
/// several tables: the paper's VersatileFFN is in Tables 1, 2, 3, 4A and 4B. None for other models and for
/// models run with probes. Rows that the architecture does not determine (Table 3's single branches, Table 5)
/// must be named.
std::vector<PaperRow> RowsOf(const ModelConfig& config);

/// A row by name:
///   "354M/4-Loop"      a row of Table 1, and of all tables that have the same model
///   "5:354M/4-Loop"    that row of that table alone
///   "none"             no row, whatever the architecture
/// Throws Error, beginning with `origin`, that lists the names.
std::vector<PaperRow> ParsePaperRows(const std::string& name, const std::string& origin);

}  // namespace vffn
