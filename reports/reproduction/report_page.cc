#include "reports/reproduction/report_page.h"

#include <algorithm>
#include <iterator>

namespace vffn {
namespace {

PageTable TableOf(const Table& table) {
  PageTable page{.caption = table.title, .notes = table.notes};
  ShownTable shown = Shown(table);
  for (const ShownTable::ShownColumn& column : shown.columns) {
    page.columns.push_back({column.title, column.align == Align::kRight});
  }
  for (std::vector<ShownTable::ShownCell>& row : shown.rows) {
    std::vector<PageCell>& cells = page.rows.emplace_back();
    for (size_t i = 0; i < row.size(); ++i) {
      cells.push_back({std::move(row[i].text), page.columns[i].numeric ? row[i].number : std::nullopt});
    }
  }
  return page;
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
  std::ranges::transform(PaperTables(reproduction), std::back_inserter(sections.back().tables), TableOf);
  std::ranges::transform(RunTables(reproduction), std::back_inserter(sections.front().tables), TableOf);
  for (PageSection& section : sections) {
    if (!section.tables.empty() || !section.figures.empty()) {
      page.sections.push_back(std::move(section));
    }
  }
  page.questions = std::move(parts.questions);
  return page;
}

}  // namespace vffn
