#include "reports/reproduction/report_page.h"

#include <algorithm>
#include <iterator>

#include "reports/page/page_table.h"

namespace vffn {
namespace {

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
  std::ranges::move(parts.others, std::back_inserter(sections));
  size_t traces = 0;
  for (TracePart& trace : parts.traces) {
    PageSection& section = sections.emplace_back();
    section.id = "trace-" + std::to_string(++traces);
    section.title = trace.model + ", token by token";
    section.figures = std::move(trace.figures);
    std::ranges::transform(trace.tables, std::back_inserter(section.tables), ToPageTable);
  }
  sections.push_back({.id = "differences", .title = "Is the difference real?"});
  std::ranges::transform(parts.paired, std::back_inserter(sections.back().tables), ToPageTable);
  sections.push_back({.id = "tables", .title = "The paper's tables"});
  std::ranges::transform(PaperTables(reproduction, parts.selection),
                         std::back_inserter(sections.back().tables), ToPageTable);
  std::ranges::transform(RunTables(reproduction, parts.selection),
                         std::back_inserter(sections.front().tables), ToPageTable);
  PageSection study{.id = "study", .title = "Models trained here"};
  std::ranges::transform(parts.study, std::back_inserter(study.tables), ToPageTable);
  sections.insert(sections.begin(), std::move(study));
  for (PageSection& section : sections) {
    if (!section.tables.empty() || !section.figures.empty()) {
      page.sections.push_back(std::move(section));
    }
  }
  page.questions = std::move(parts.questions);
  return page;
}

}  // namespace vffn
