#include "reports/comparison/published_table.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "base/error.h"
#include "base/file_bytes.h"
#include "reports/comparison/split_sizes.h"
#include "reports/published/published_data.h"
#include "reports/tables/csv.h"
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
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kHeadings = {{
    {"arcc", "arc_challenge"},
    {"arce", "arc_easy"},
    {"comm", "commonsense_qa"},
    {"csqa", "commonsense_qa"},
    {"hella", "hellaswag"},
    {"obqa", "openbookqa"},
    {"wino", "winogrande"},
}};

/// The task that a column is named after.
std::optional<std::string> TaskOfColumn(const std::string& title,
                                        const std::map<std::string, int64_t>& given) {
  if (given.contains(title)) {
    return title;
  }
  const std::string plain = Plain(title);
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

PublishedCell CellOf(std::string text) {
  std::optional<PrintedDecimal> percent = ParsePrinted(text);
  if (percent && (percent->value() > 100 || percent->decimals > 4)) {
    percent.reset();
  }
  return {std::move(text), percent};
}

/// What the columns of a wide table are.
struct Columns {
  std::optional<size_t> method, scale, average;
  std::vector<std::pair<size_t, std::string>> tasks;
};

Columns SortColumns(const CsvTable& csv, PublishedTable& table) {
  Columns columns;
  for (size_t i = 0; i < csv.header.size(); ++i) {
    const std::string lower = LowerCase(csv.header[i]);
    if (lower == "scale" || lower == "group") {
      columns.scale = i;
    } else if (!columns.method && (i == 0 || lower == "method" || lower == "model" || lower == "row")) {
      columns.method = i;
    } else if (lower == "average" || lower == "avg" || lower == "avg.") {
      columns.average = i;
    } else if (const auto task = TaskOfColumn(csv.header[i], table.questions)) {
      VFFN_CHECK(std::ranges::find(table.tasks, *task) == table.tasks.end(), table.origin,
                 ": two columns are ", *task);
      columns.tasks.emplace_back(i, *task);
      table.tasks.push_back(*task);
    } else {
      table.ignored_columns.push_back(csv.header[i]);
    }
  }
  VFFN_CHECK(columns.method.has_value(), table.origin, ": no column names the methods");
  return columns;
}

void AddWideRows(const CsvTable& csv, PublishedTable& table) {
  const Columns columns = SortColumns(csv, table);
  for (const std::vector<std::string>& fields : csv.rows) {
    PublishedRow row{.scale = columns.scale ? fields[*columns.scale] : "", .method = fields[*columns.method]};
    for (const auto& [column, task] : columns.tasks) {
      row.cells[task] = CellOf(fields[column]);
    }
    if (columns.average) {
      row.average = CellOf(fields[*columns.average]);
    }
    table.rows.push_back(std::move(row));
  }
}

/// Rows of one table out of the format of reports/published: table, scale, row, column, value.
void AddLongRows(const CsvTable& csv, PublishedTable& table) {
  std::set<std::string> names;
  for (const std::vector<std::string>& fields : csv.rows) {
    names.insert(fields[0]);
    table.cells.push_back({fields[0], fields[1], fields[2], fields[3], fields[4]});
  }
  const std::string wanted = names.contains("1") ? "1" : names.empty() ? "" : *names.begin();
  VFFN_CHECK(names.contains("1") || names.size() == 1, table.origin, ": ", names.size(),
             " tables, none of them named 1");
  for (const std::vector<std::string>& fields : csv.rows) {
    if (fields[0] != wanted) {
      continue;
    }
    auto row = std::ranges::find_if(table.rows, [&](const PublishedRow& known) {
      return known.scale == fields[1] && known.method == fields[2];
    });
    if (row == table.rows.end()) {
      row = table.rows.insert(row, {.scale = fields[1], .method = fields[2]});
    }
    if (const auto task = TaskOfColumn(fields[3], table.questions)) {
      VFFN_CHECK(!row->cells.contains(*task), table.origin, ": ", row->Name(), ", ", *task,
                 ": is there twice");
      row->cells[*task] = CellOf(fields[4]);
      if (std::ranges::find(table.tasks, *task) == table.tasks.end()) {
        table.tasks.push_back(*task);
      }
    } else if (LowerCase(fields[3]) == "average") {
      row->average = CellOf(fields[4]);
    } else if (std::ranges::find(table.ignored_columns, fields[3]) == table.ignored_columns.end()) {
      table.ignored_columns.push_back(fields[3]);
    }
  }
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
  const CsvTable csv = ParseCsv(text, origin);
  PublishedTable table{.origin = origin, .questions = questions};
  if (csv.header == std::vector<std::string>{"table", "scale", "row", "column", "value"}) {
    AddLongRows(csv, table);
  } else {
    AddWideRows(csv, table);
  }
  CheckTable(table);
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
  return row.average->percent->value() / 100;
}

ScoreSet ScoresOfRow(const PublishedTable& table, const std::string& name) {
  std::vector<const PublishedRow*> found;
  std::string names;
  for (const PublishedRow& row : table.rows) {
    names += (names.empty() ? "" : ", ") + row.Name();
    if (row.Name() == name || row.method == name) {
      found.push_back(&row);
    }
  }
  VFFN_CHECK(found.size() == 1, table.origin, ": ", found.size(), " rows are named ", name, "; there are ",
             names);
  ScoreSet set{.source = table.origin + ", " + found.front()->Name(),
               .average = CredibleAverage(table, *found.front())};
  for (const std::string& task : table.tasks) {
    const PublishedCell& cell = found.front()->cells.at(task);
    const std::vector<int64_t> sizes = CandidateSizes(table, task);
    VFFN_CHECK(cell.percent.has_value(), table.origin, ": ", found.front()->Name(), ", ", task, ": \"",
               cell.text, "\" is not a percentage");
    VFFN_CHECK(!sizes.empty(), table.origin, ": how many questions ", task, " has is not known");
    set.summaries.push_back({task, "", cell.percent->value() / 100, sizes.front()});
  }
  return set;
}

}  // namespace vffn
