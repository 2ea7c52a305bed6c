#include "reports/comparison/published_table.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <span>

#include "base/error.h"
#include "base/file_bytes.h"
#include "base/near_names.h"
#include "reports/comparison/pasted_table.h"
#include "reports/comparison/printed_cell.h"
#include "reports/comparison/split_sizes.h"
#include "reports/published/published_data.h"
#include "tasks/task.h"

namespace vffn {
namespace {

std::string LowerCase(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// Letters and digits alone, in lower case: "ARC-C" is "arcc".
std::string Plain(std::string_view text) {
  std::string plain;
  for (const unsigned char c : text) {
    if (std::isalnum(c) != 0) {
      plain += static_cast<char>(std::tolower(c));
    }
  }
  return plain;
}

/// What papers print above columns, where it is not a task's name or alias.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kHeadings = {{
    {"arcc", "arc_challenge"},
    {"arce", "arc_easy"},
    {"comm", "commonsense_qa"},
    {"csqa", "commonsense_qa"},
    {"hella", "hellaswag"},
    {"hswag", "hellaswag"},
    {"obqa", "openbookqa"},
    {"wino", "winogrande"},
    {"winog", "winogrande"},
}};

/// The task that a column is named after: "ARC-C", "PIQA (acc)", "SciQ ↑".
std::optional<std::string> TaskOfColumn(const std::string& title,
                                        const std::map<std::string, int64_t>& given) {
  if (given.contains(title)) {
    return title;
  }
  const std::string plain = Plain(title.substr(0, title.find('(')));
  for (const Task& task : Tasks()) {
    const auto is_alias = [&](std::string_view alias) { return Plain(alias) == plain; };
    if (is_alias(task.facts.name) || std::ranges::any_of(task.facts.aliases, is_alias)) {
      return std::string(task.facts.name);
    }
  }
  const auto heading =
      std::ranges::find(kHeadings, plain, &std::pair<std::string_view, std::string_view>::first);
  return heading == kHeadings.end() ? std::nullopt : std::optional(std::string(heading->second));
}

bool IsAverage(const std::string& title) {
  const std::string plain = Plain(title.substr(0, title.find('(')));
  return plain == "average" || plain == "avg" || plain == "mean";
}

/// The number as printed: units are set when the whole column is known.
PublishedCell CellOf(const std::string& text, bool decimal_comma, bool percent_column) {
  const auto printed = ParsePrintedCell(text, decimal_comma);
  return {.text = PlainCell(text),
          .percent = printed ? std::optional(printed->value) : std::nullopt,
          .percent_sign = percent_column || (printed && printed->percent_sign)};
}

/// What the columns of a wide table are.
struct Columns {
  std::optional<size_t> method, scale, average;
  std::vector<std::pair<size_t, std::string>> tasks;
};

Columns SortColumns(const std::vector<std::string>& header, PublishedTable& table) {
  Columns columns;
  for (size_t i = 0; i < header.size(); ++i) {
    const std::string title = PlainCell(header[i]);
    const std::string lower = LowerCase(title);
    if (lower == "scale" || lower == "group") {
      columns.scale = i;
    } else if (!columns.method && (i == 0 || lower == "method" || lower == "model" || lower == "row")) {
      columns.method = i;
    } else if (IsAverage(title)) {
      columns.average = i;
    } else if (const auto task = TaskOfColumn(title, table.questions)) {
      VFFN_CHECK(std::ranges::find(table.tasks, *task) == table.tasks.end(), table.origin,
                 ": two columns are ", *task);
      columns.tasks.emplace_back(i, *task);
      table.tasks.push_back(*task);
    } else {
      table.ignored_columns.push_back(title);
    }
  }
  VFFN_CHECK(columns.method.has_value(), table.origin, ": no column names the methods");
  return columns;
}

bool IsEmpty(const std::string& cell) { return cell.empty(); }

/// The rows of a wide table, the header first.
class WideRows {
 public:
  WideRows(const PastedTable& pasted, PublishedTable& table)
      : pasted_(pasted), table_(table), columns_(SortColumns(pasted.rows[HeaderOf(pasted, table)], table)) {}

  void Add() {
    const size_t header = HeaderOf(pasted_, table_);
    for (size_t i = header + 1; i < pasted_.rows.size(); ++i) {
      const std::vector<std::string>& cells = pasted_.rows[i];
      const auto filled = cells.size() - static_cast<size_t>(std::ranges::count_if(cells, IsEmpty));
      if (filled == 0 || cells == pasted_.rows[header]) {
        continue;  // a repeated header
      }
      if (IsPasted() && filled == 1) {
        scale_ = PlainCell(*std::ranges::find_if_not(cells, IsEmpty));
        continue;
      }
      AddRow(cells);
    }
  }

 private:
  static size_t HeaderOf(const PastedTable& pasted, const PublishedTable& table) {
    const auto names_task = [&](const std::string& cell) {
      return TaskOfColumn(PlainCell(cell), table.questions).has_value();
    };
    const auto found = std::ranges::find_if(
        pasted.rows, [&](const auto& row) { return std::ranges::any_of(row, names_task); });
    const bool first = pasted.format == PastedFormat::kSeparated || found == pasted.rows.end();
    return first ? 0 : static_cast<size_t>(found - pasted.rows.begin());
  }

  bool IsPasted() const { return pasted_.format != PastedFormat::kSeparated; }

  void AddRow(const std::vector<std::string>& cells) {
    if (columns_.scale) {
      const std::string scale = PlainCell(cells[*columns_.scale]);
      scale_ = scale.empty() && IsPasted() ? scale_ : scale;
    }
    PublishedRow row{.scale = scale_, .method = PlainCell(cells[*columns_.method])};
    for (const auto& [column, task] : columns_.tasks) {
      row.cells[task] = Cell(cells, column);
    }
    if (columns_.average) {
      row.average = Cell(cells, *columns_.average);
    }
    table_.rows.push_back(std::move(row));
  }

  PublishedCell Cell(const std::vector<std::string>& cells, size_t column) const {
    const std::string& title = pasted_.rows[HeaderOf(pasted_, table_)][column];
    return CellOf(cells[column], pasted_.decimal_comma, title.find('%') != std::string::npos);
  }

  const PastedTable& pasted_;
  PublishedTable& table_;
  Columns columns_;
  std::string scale_;
};

/// Rows of one table out of the format of reports/published: table, scale, row, column, value.
void AddLongRows(const PastedTable& pasted, PublishedTable& table) {
  const auto rows = std::span(pasted.rows).subspan(1);
  std::set<std::string> names;
  for (const std::vector<std::string>& fields : rows) {
    names.insert(fields[0]);
    table.cells.push_back({fields[0], fields[1], fields[2], fields[3], fields[4]});
  }
  const std::string wanted = names.contains("1") ? "1" : names.empty() ? "" : *names.begin();
  VFFN_CHECK(names.contains("1") || names.size() == 1, table.origin, ": ", names.size(),
             " tables, none of them named 1");
  for (const std::vector<std::string>& fields : rows) {
    if (fields[0] != wanted) {
      continue;
    }
    auto row = std::ranges::find_if(table.rows, [&](const PublishedRow& known) {
      return known.scale == fields[1] && known.method == fields[2];
    });
    if (row == table.rows.end()) {
      row = table.rows.insert(row, {.scale = fields[1], .method = fields[2]});
    }
    const PublishedCell cell = CellOf(fields[4], pasted.decimal_comma, false);
    if (const auto task = TaskOfColumn(fields[3], table.questions)) {
      VFFN_CHECK(!row->cells.contains(*task), table.origin, ": ", row->Name(), ", ", *task,
                 ": is there twice");
      row->cells[*task] = cell;
      if (std::ranges::find(table.tasks, *task) == table.tasks.end()) {
        table.tasks.push_back(*task);
      }
    } else if (LowerCase(fields[3]) == "average") {
      row->average = cell;
    } else if (std::ranges::find(table.ignored_columns, fields[3]) == table.ignored_columns.end()) {
      table.ignored_columns.push_back(fields[3]);
    }
  }
}

/// A cell of a column, and the name of its row.
struct ColumnCell {
  std::string row;
  PublishedCell* cell;
};

/// Whether a column is fractions. Throws Error if it mixes them with percentages.
bool IsOfFractions(const std::string& column, const std::vector<ColumnCell>& cells,
                   const std::string& origin) {
  const ColumnCell* fraction = nullptr;
  const ColumnCell* above_one = nullptr;
  for (const ColumnCell& cell : cells) {
    if (cell.cell->percent && !cell.cell->percent_sign) {
      const double value = cell.cell->percent->value();
      fraction = value > 0 && value < 1 ? &cell : fraction;
      above_one = value > 1 ? &cell : above_one;
    }
  }
  VFFN_CHECK(fraction == nullptr || above_one == nullptr, origin, ": column ", column,
             " mixes fractions and percentages: ", fraction->row, " has ", fraction->cell->text, ", ",
             above_one->row, " has ", above_one->cell->text,
             "; write all in one unit, or mark the percentages with %");
  return fraction != nullptr;
}

/// Makes percentages of the numbers of a column; drops those that are none.
void SetUnit(const std::string& column, const std::vector<ColumnCell>& cells, PublishedTable& table) {
  constexpr int kMostDecimals = 4;
  const bool fractions = IsOfFractions(column, cells, table.origin);
  if (fractions) {
    table.fraction_columns.push_back(column);
  }
  for (const ColumnCell& cell : cells) {
    std::optional<PrintedDecimal>& percent = cell.cell->percent;
    if (percent && fractions && !cell.cell->percent_sign) {
      percent = PercentOfFraction(*percent);
    }
    if (percent) {
      percent = percent->value() > 100 ? std::nullopt : std::optional(RoundedTo(*percent, kMostDecimals));
    }
  }
}

void SetUnits(PublishedTable& table) {
  for (const std::string& task : table.tasks) {
    std::vector<ColumnCell> cells;
    for (PublishedRow& row : table.rows) {
      cells.push_back({row.Name(), &row.cells.at(task)});
    }
    SetUnit(task, cells, table);
  }
  std::vector<ColumnCell> averages;
  for (PublishedRow& row : table.rows) {
    if (row.average) {
      averages.push_back({row.Name(), &*row.average});
    }
  }
  SetUnit("average", averages, table);
}

void CheckTable(PublishedTable& table) {
  VFFN_CHECK(!table.rows.empty(), table.origin, ": the table has no rows");
  VFFN_CHECK(!table.tasks.empty(), table.origin,
             ": no column is named after a task; give the sizes of others with --questions NAME=N");
  std::set<std::string> names;
  for (PublishedRow& row : table.rows) {
    VFFN_CHECK(names.insert(row.Name()).second, table.origin, ": row ", row.Name(), " is there twice");
    for (const std::string& task : table.tasks) {
      row.cells.try_emplace(task);
    }
  }
}

}  // namespace

std::string PublishedRow::Name() const { return scale.empty() ? method : scale + "/" + method; }

PublishedTable ParsePublishedTable(std::string_view text, const std::string& origin,
                                   const std::map<std::string, int64_t>& questions) {
  const PastedTable pasted = ParsePastedTable(text, origin);
  PublishedTable table{.origin = origin, .questions = questions};
  if (pasted.rows.front() == std::vector<std::string>{"table", "scale", "row", "column", "value"}) {
    AddLongRows(pasted, table);
  } else {
    WideRows(pasted, table).Add();
  }
  CheckTable(table);
  SetUnits(table);
  return table;
}

PublishedTable ReadPublishedTable(const std::filesystem::path& path,
                                  const std::map<std::string, int64_t>& questions) {
  return ParsePublishedTable(ReadFileBytes(path), path.string(), questions);
}

PublishedTable PaperTable() {
  return ParsePublishedTable(kPublishedVersatileFfn, "Table 1 of arXiv 2512.14531", {});
}

std::vector<int64_t> CandidateSizes(const PublishedTable& table, const std::string& task) {
  if (const auto given = table.questions.find(task); given != table.questions.end()) {
    return {given->second};
  }
  std::vector<int64_t> sizes;
  for (const SplitSize& split : SplitSizesOf(task)) {
    if (std::ranges::find(sizes, split.questions) == sizes.end()) {
      sizes.push_back(split.questions);
    }
  }
  return sizes;
}

std::optional<std::vector<PrintedDecimal>> CellsOf(const PublishedTable& table, const PublishedRow& row) {
  std::vector<PrintedDecimal> cells;
  for (const std::string& task : table.tasks) {
    const auto& percent = row.cells.at(task).percent;
    if (!percent) {
      return std::nullopt;
    }
    cells.push_back(*percent);
  }
  return cells;
}

std::optional<double> CredibleAverage(const PublishedTable& table, const PublishedRow& row) {
  const auto cells = CellsOf(table, row);
  if (!cells || !row.average || !row.average->percent ||
      CheckAverage(*cells, *row.average->percent) == AverageCheck::kImpossible) {
    return std::nullopt;
  }
  return row.average->percent->fraction();
}

ScoreSet ScoresOfRow(const PublishedTable& table, const std::string& name) {
  std::vector<const PublishedRow*> found;
  std::vector<std::string> names;
  for (const PublishedRow& row : table.rows) {
    names.push_back(row.Name());
    if (row.Name() == name || row.method == name) {
      found.push_back(&row);
    }
  }
  VFFN_CHECK(found.size() < 2, table.origin, ": ", found.size(), " rows are named ", name,
             "; give the scale too: ", found.size() < 2 ? "" : found.front()->Name());
  VFFN_CHECK(!found.empty(), table.origin, ": there is no row ", name,
             DidYouMeanOneOf(name, names, "the rows are"));
  ScoreSet set{.source = table.origin + ", " + found.front()->Name(),
               .average = CredibleAverage(table, *found.front())};
  for (const std::string& task : table.tasks) {
    const PublishedCell& cell = found.front()->cells.at(task);
    const std::vector<int64_t> sizes = CandidateSizes(table, task);
    VFFN_CHECK(cell.percent.has_value(), table.origin, ": ", found.front()->Name(), ", ", task, ": \"",
               cell.text, "\" is not a percentage");
    VFFN_CHECK(!sizes.empty(), table.origin, ": how many questions ", task, " has is not known");
    set.summaries.push_back({task, "", cell.percent->fraction(), sizes.front()});
  }
  return set;
}

}  // namespace vffn
