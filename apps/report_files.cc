#include "apps/report_files.h"

#include <iostream>

#include "base/atomic_file.h"
#include "base/error.h"
#include "reports/figures/figure_files.h"
#include "reports/figures/renderer.h"
#include "reports/page/page.h"
#include "reports/reproduction/reproduction_data.h"
#include "reports/reproduction/reproduction_tables.h"

namespace vffn {
namespace {

void MakeFolder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  Check(!error, folder.string(), ": cannot be made: ", error.message());
}

void SayWritten(const std::filesystem::path& path) { std::cout << "wrote " << path.string() << '\n'; }

}  // namespace

void WriteTables(const Reproduction& reproduction, const std::filesystem::path& folder) {
  MakeFolder(folder);
  const auto write = [&](const char* name, const std::string& text) {
    WriteFileAtomically(folder / name, text);
    SayWritten(folder / name);
  };
  write("tables.txt", ReproductionText(reproduction, TableFormat::kConsole));
  write("tables.md", ReproductionText(reproduction, TableFormat::kMarkdown));
  write("tables.tex", ReproductionText(reproduction, TableFormat::kLatex));
  write("tables.csv", ReproductionCsv(reproduction));
  write("tables.json", ReproductionJson(reproduction).dump(2) + "\n");
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
