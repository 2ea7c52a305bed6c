#include "reports/reproduction/report_files.h"

#include <iostream>

#include "base/error.h"
#include "reports/figures/figure_files.h"
#include "reports/page/page.h"
#include "reports/reproduction/reproduction_tables.h"
#include "reports/tables/table_files.h"

namespace vffn {
namespace {

void MakeFolder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  VFFN_CHECK(!error, folder.string(), ": cannot be made: ", error.message());
}

void SayWritten(const std::filesystem::path& path) { std::cout << "wrote " << path.string() << '\n'; }

}  // namespace

void WriteTables(const Reproduction& reproduction, const std::filesystem::path& folder,
                 const ReportSelection& selection) {
  const auto text = [&](TableFormat format) { return ReproductionText(reproduction, format, selection); };
  WriteTableFiles(folder, "tables", text, ReproductionJson(reproduction, selection));
}

void WritePaired(const PairedRuns& paired, const std::filesystem::path& folder) {
  if (paired.reports.empty()) {
    return;
  }
  const auto text = [&](TableFormat format) {
    return ComparisonTables(paired.reports, paired.options, format);
  };
  WriteTableFiles(folder, "paired", text, ComparisonJson(paired.reports, paired.options));
}

void WriteReportPage(const Reproduction& reproduction, ReportParts parts,
                     const std::filesystem::path& folder) {
  std::vector<Figure> figures = parts.figures;
  for (const TracePart& trace : parts.traces) {
    figures.insert(figures.end(), trace.figures.begin(), trace.figures.end());
  }
  for (const PageSection& section : parts.others) {
    figures.insert(figures.end(), section.figures.begin(), section.figures.end());
  }
  MakeFolder(folder);
  if (!WriteFigures(figures, folder)) {
    parts.figures.clear();
    for (TracePart& trace : parts.traces) {
      trace.figures.clear();
    }
    for (PageSection& section : parts.others) {
      section.figures.clear();
    }
  }
  WritePage(MakeReportPage(reproduction, std::move(parts)), folder / "report.html");
  SayWritten(folder / "report.html");
}

}  // namespace vffn
