// Tables on standard output, in the form that --format names.
#pragma once

#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "eval/ledger_row.h"
#include "reports/tables/table.h"
#include "runs/folders/run_folder.h"

namespace vffn {

/// console, markdown and latex: one table after the other, with titles and notes; csv: the tables with an
/// empty line between them; json: the rows of a single table, or an object that has the rows of each table by
/// its name.
std::string TablesText(std::span<const Table> tables, const std::string& format);

/// With a column "run" for programs in front: the name that run.json gives to the run in a folder, else that
/// of the model in the ledger's header.
std::vector<Table> NamedTables(const RunFolder& folder, const LedgerHeader& header,
                               std::vector<Table> tables);

/// The same; reads the header from the folder's ledger.
std::vector<Table> NamedTables(const RunFolder& folder, std::vector<Table> tables);

/// Where a command prints what is no table, such as the names of the files it wrote: standard output beside
/// tables for people on a terminal, standard error beside others, which may go to a file.
std::ostream& Remarks(const std::string& format);

}  // namespace vffn
