#include "reports/reproduction/report_selection.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <tuple>

#include "base/error.h"
#include "base/near_names.h"

namespace vffn {
namespace {

std::string LowerCase(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

void AddNew(const std::string& name, std::vector<std::string>& names) {
  if (std::ranges::find(names, name) == names.end()) {
    names.push_back(name);
  }
}

/// The one of `known` that a user wrote, in any case and with or without "Table".
std::string KnownName(const char* option, const std::string& name, const std::vector<std::string>& known) {
  const auto found =
      std::ranges::find(known, LowerCase(name), [](const std::string& one) { return LowerCase(one); });
  VFFN_CHECK(found != known.end(), option, " is \"", name, "\"", DidYouMeanOneOf(name, known));
  return *found;
}

ShownRows ParseRows(const std::string& rows) {
  if (rows.empty()) {
    return ShownRows::kCompared;
  }
  const std::string known = KnownName("--only", rows, {"ours", "published", "both"});
  return known == "ours" ? ShownRows::kOurs : known == "both" ? ShownRows::kBoth : ShownRows::kPublished;
}

ReproductionCell PublishedAlone(const ReproductionCell& cell) {
  ReproductionCell alone{.row = cell.row, .column = cell.column, .quantity = cell.quantity};
  alone.published = cell.published;
  alone.published_value = cell.published_value;
  alone.impossible = cell.impossible;
  if (cell.impossible) {
    alone.notes = {cell.notes.front()};
  }
  return alone;
}

}  // namespace

bool ReportSelection::HasTable(const std::string& table) const {
  return tables.empty() || std::ranges::find(tables, table) != tables.end();
}

ReportSelection MakeReportSelection(const std::vector<std::string>& tables, const std::string& scale,
                                    const std::string& rows, std::span<const PublishedNumber> published) {
  std::vector<std::string> known_tables, known_scales;
  for (const PublishedNumber& number : published) {
    AddNew(number.table, known_tables);
    AddNew(number.scale, known_scales);
  }
  ReportSelection selection{.rows = ParseRows(rows)};
  for (const std::string& table : tables) {
    AddNew(KnownName("--table", table, known_tables), selection.tables);
  }
  if (!scale.empty()) {
    selection.scale = KnownName("--scale", scale, known_scales);
  }
  return selection;
}

std::vector<ReproductionCell> SelectedCells(const Reproduction& reproduction,
                                            const ReportSelection& selection) {
  std::vector<ReproductionCell> cells;
  std::set<std::tuple<std::string, std::string, std::string, std::string>> seen;
  for (const ReproductionCell& cell : reproduction.cells) {
    if (!selection.HasRow(cell.row)) {
      continue;
    }
    if (selection.rows == ShownRows::kPublished) {
      if (seen.insert({cell.row.table, cell.row.scale, cell.row.row, cell.column}).second) {
        cells.push_back(PublishedAlone(cell));
      }
    } else if (selection.rows == ShownRows::kBoth || cell.run) {
      cells.push_back(cell);
    }
  }
  return cells;
}

std::vector<size_t> SelectedOtherRuns(const Reproduction& reproduction, const ReportSelection& selection) {
  return selection.HasOtherRuns() ? OtherRuns(reproduction) : std::vector<size_t>();
}

std::string LeftOutNote(const Reproduction& reproduction, const ReportSelection& selection) {
  const bool left_out = selection.rows == ShownRows::kCompared &&
                        std::ranges::any_of(reproduction.cells, [&](const ReproductionCell& cell) {
                          return !cell.run && selection.HasRow(cell.row);
                        });
  return left_out ? "published rows that no run measured are left out; --only both shows them, too" : "";
}

}  // namespace vffn
