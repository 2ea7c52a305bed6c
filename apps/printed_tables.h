// Tables on standard output, in the form that --format names.
#pragma once

#include <ostream>
#include <span>
#include <string>

#include "reports/tables/table.h"

namespace vffn {

/// console, markdown and latex: one table after the other, with titles and notes; csv: the tables with an
/// empty line between them; json: the rows of a single table, or an object that has the rows of each table by
/// its name.
std::string TablesText(std::span<const Table> tables, const std::string& format);

/// Where a command prints what is no table, such as the names of the files it wrote: standard output beside
/// tables for people on a terminal, standard error beside others, which may go to a file.
std::ostream& Remarks(const std::string& format);

}  // namespace vffn
