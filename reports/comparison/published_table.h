// A published table of accuracies: rows are methods, columns are tasks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/printed_scores.h"
#include "reports/published/published_numbers.h"
#include "runs/scores/score_set.h"

namespace vffn {

struct PublishedCell {
  std::string text;                       ///< as printed
  std::optional<PrintedDecimal> percent;  ///< absent: missing, unparsable or above 100
  bool percent_sign = false;              ///< printed with "%", here or above the column
};

struct PublishedRow {
  std::string scale, method;                   ///< scale: a group of rows that belong together; may be empty
  std::map<std::string, PublishedCell> cells;  ///< by task; every task of the table is there
  std::optional<PublishedCell> average;

  /// "354M/VersatileFFN", or the method if there is no scale.
  std::string Name() const;
};

struct PublishedTable {
  std::string origin;
  std::vector<std::string> tasks;            ///< in the order of the columns
  std::map<std::string, int64_t> questions;  ///< given by the user; else SplitSizesOf
  std::vector<std::string> ignored_columns;
  std::vector<std::string> fraction_columns;  ///< tasks and "average" that are printed as fractions, 0 to 1
  std::vector<PublishedRow> rows;
  std::vector<PublishedNumber> cells;  ///< of all tables, if the file has the format of reports/published
};

/// The paper's Table 1.
PublishedTable PaperTable();

/// Reads a table (pasted_table.h, printed_cell.h). Its first column is the method ("method", "model" or
/// "row"), a column "scale" or "group" is the scale; a column is a task if it has a task's name
/// (tasks/task.h; also ARC-C, OBQA ...) or one in `questions`; "average" or "avg" is the printed average;
/// other columns are ignored and listed. In Markdown and LaTeX, rows above the first one that names a task
/// are skipped, a row of one cell is the scale of those below it, and an empty scale is that of the row
/// above. A file of the format of reports/published (table, scale, row, column, value) gives the rows of its
/// table 1, or of its only table. Units: a column whose entries are all at most 1, one of them between 0 and
/// 1, is fractions; entries with "%" are percent. Throws Error, naming two rows, if a column has entries
/// between 0 and 1 and entries above 1 without "%"; and if there are no rows or no task columns, or a row is
/// there twice.
PublishedTable ReadPublishedTable(const std::filesystem::path& path,
                                  const std::map<std::string, int64_t>& questions);

/// As ReadPublishedTable, of a text.
PublishedTable ParsePublishedTable(std::string_view text, const std::string& origin,
                                   const std::map<std::string, int64_t>& questions);

/// The sizes that a column may be of: the user's, or SplitSizesOf.
std::vector<int64_t> CandidateSizes(const PublishedTable& table, const std::string& task);

/// The cells of a row in the order of the tasks; nothing if one cannot be read.
std::optional<std::vector<PrintedDecimal>> CellsOf(const PublishedTable& table, const PublishedRow& row);

/// The printed average, a fraction, if there is one that its row's cells allow.
std::optional<double> CredibleAverage(const PublishedTable& table, const PublishedRow& row);

/// The accuracies of a row ("METHOD" or "SCALE/METHOD"), each of the first candidate size. Throws Error,
/// listing the rows, if there is none or more than one; and if a cell is not a percentage or a task's size is
/// not known.
ScoreSet ScoresOfRow(const PublishedTable& table, const std::string& name);

}  // namespace vffn
