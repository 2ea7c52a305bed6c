#include "reports/reproduction/report_files.h"

#include <functional>
#include <iostream>

#include "base/atomic_file.h"
#include "base/error.h"
#include "reports/figures/figure_files.h"
#include "reports/figures/renderer.h"
#include "reports/page/page.h"
#include "reports/reproduction/reproduction_tables.h"

namespace vffn {
namespace {

void MakeFolder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  VFFN_CHECK(!error, folder.string(), ": cannot be made: ", error.message());
}

void SayWritten(const std::filesystem::path& path) { std::cout << "wrote " << path.string() << '\n'; }

/// NAME.txt, .md, .tex, .csv and .json.
void WriteEveryFormat(const std::filesystem::path& folder, const std::string& name,
                      const std::function<std::string(TableFormat)>& text, const OrderedJson& json) {
  MakeFolder(folder);
  const auto write = [&](const char* extension, const std::string& content) {
    const std::filesystem::path path = folder / (name + extension);
    WriteFileAtomically(path, content);
    SayWritten(path);
  };
  write(".txt", text(TableFormat::kConsole));
  write(".md", text(TableFormat::kMarkdown));
  write(".tex", text(TableFormat::kLatex));
  write(".csv", text(TableFormat::kCsv));
  write(".json", json.dump(2) + "\n");
}

}  // namespace

void WriteTables(const Reproduction& reproduction, const std::filesystem::path& folder) {
  const auto text = [&](TableFormat format) { return ReproductionText(reproduction, format); };
  WriteEveryFormat(folder, "tables", text, ReproductionJson(reproduction));
}

void WritePaired(const PairedRuns& paired, const std::filesystem::path& folder) {
  if (paired.reports.empty()) {
    return;
  }
  const auto text = [&](TableFormat format) {
    return ComparisonTables(paired.reports, paired.options, format);
  };
  WriteEveryFormat(folder, "paired", text, ComparisonJson(paired.reports, paired.options));
}

bool WriteFigures(std::span<const Figure> figures, const std::filesystem::path& folder) {
  if (figures.empty()) {
    return true;
  }
  if (!HasRenderer()) {
    std::cerr << "vffn: the figures are left out: vl-convert is missing; make setup installs it\n";
    return false;
  }
  RenderFigures(figures, folder / "figures");
  for (const Figure& figure : figures) {
    SayWritten(folder / "figures" / (figure.name + ".svg"));
  }
  return true;
}

void WriteReportPage(const Reproduction& reproduction, ReportParts parts,
                     const std::filesystem::path& folder) {
  std::vector<Figure> figures = parts.figures;
  for (const TracePart& trace : parts.traces) {
    figures.insert(figures.end(), trace.figures.begin(), trace.figures.end());
  }
  MakeFolder(folder);
  if (!WriteFigures(figures, folder)) {
    parts.figures.clear();
    for (TracePart& trace : parts.traces) {
      trace.figures.clear();
    }
  }
  WritePage(MakeReportPage(reproduction, std::move(parts)), folder / "report.html");
  SayWritten(folder / "report.html");
}

}  // namespace vffn
