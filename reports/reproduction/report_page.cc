#include "reports/reproduction/report_page.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace vffn {
namespace {

/// What a cell sorts by: the number it begins with.
std::optional<double> NumberIn(const std::string& text) {
  double value = 0;
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

PageTable TableOf(const TitledTable& titled) {
  PageTable table{.caption = titled.title, .notes = titled.notes};
  for (const TextTable::Column& column : titled.table.columns()) {
    table.columns.push_back({column.title, column.align == Align::kRight});
  }
  for (const std::vector<std::string>& row : titled.table.rows()) {
    std::vector<PageCell>& cells = table.rows.emplace_back();
    for (size_t i = 0; i < row.size(); ++i) {
      cells.push_back({row[i], table.columns[i].numeric ? NumberIn(row[i]) : std::nullopt});
    }
  }
  return table;
}

std::string WarningOf(const Reproduction& reproduction) {
  std::string names;
  for (const MeasuredRun& run : reproduction.runs) {
    if (run.untrained) {
      names.append(names.empty() ? "" : ", ").append(run.name);
    }
  }
  return names.empty() ? ""
                       : "UNTRAINED: " + names +
                             ". Untrained models (for example, freshly upcycled) show that the program "
                             "runs; their numbers are not results.";
}

}  // namespace

ReportPage MakeReportPage(const Reproduction& reproduction, ReportParts parts) {
  ReportPage page{.title = std::move(parts.title),
                  .subtitle = std::move(parts.subtitle),
                  .warning = WarningOf(reproduction)};
  std::vector<PageSection> sections = {{.id = "models", .title = "Models"},
                                       {.id = "figures", .title = "Figures"}};
  sections[1].figures = std::move(parts.figures);
  for (TracePart& trace : parts.traces) {
    PageSection& section = sections.emplace_back();
    section.id = "trace-" + std::to_string(sections.size() - 2);
    section.title = trace.model + ", token by token";
    section.figures = std::move(trace.figures);
    std::ranges::transform(trace.tables, std::back_inserter(section.tables), TableOf);
  }
  sections.push_back({.id = "differences", .title = "Is the difference real?"});
  std::ranges::transform(parts.paired, std::back_inserter(sections.back().tables), TableOf);
  sections.push_back({.id = "tables", .title = "The paper's tables"});
  for (const TitledTable& titled : ReproductionTables(reproduction)) {
    (titled.of_paper ? sections.back() : sections.front()).tables.push_back(TableOf(titled));
  }
  for (PageSection& section : sections) {
    if (!section.tables.empty() || !section.figures.empty()) {
      page.sections.push_back(std::move(section));
    }
  }
  page.questions = std::move(parts.questions);
  return page;
}

}  // namespace vffn
