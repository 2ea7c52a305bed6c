#include <algorithm>
#include <cctype>
#include <iostream>
#include <set>

#include "base/json.h"
#include "reports/figures/figure_files.h"
#include "reports/page/page_table.h"
#include "reports/tables/table_files.h"
#include "reports/training/training_report.h"

namespace vffn {
namespace {

/// A name for files: letters, digits, '-' and '_'; with a number where it is taken.
std::string FileName(const std::string& run, std::set<std::string>& taken) {
  std::string name = run;
  std::ranges::replace_if(
      name, [](unsigned char c) { return c >= 128 || (std::isalnum(c) == 0 && c != '-' && c != '_'); }, '-');
  std::string unique = name;
  for (int number = 2; !taken.insert(unique).second; ++number) {
    unique = name + "-" + std::to_string(number);
  }
  return unique;
}

}  // namespace

PageSection TrainingSection(std::span<const TrainingRun> runs) {
  PageSection section{.id = "training", .title = "Training", .figures = TrainingCurveFigures(runs)};
  std::set<std::string> taken;
  for (const TrainingRun& run : runs) {
    std::ranges::move(TrainingLayerFigures(run, FileName(run.name, taken)),
                      std::back_inserter(section.figures));
  }
  std::ranges::transform(TrainingTables(runs), std::back_inserter(section.tables), ToPageTable);
  return section;
}

void WriteTrainingTables(std::span<const TrainingRun> runs, const std::filesystem::path& folder) {
  const auto text = [&](TableFormat format) { return TrainingText(runs, format); };
  WriteTableFiles(folder, "training", text, TrainingJson(runs));
}

void WriteTrainingPage(std::span<const TrainingRun> runs, const std::string& subtitle,
                       const std::filesystem::path& folder) {
  ReportPage page{.title = runs.size() == 1 ? "Training of " + runs[0].name : "Training runs",
                  .subtitle = subtitle,
                  .sections = {TrainingSection(runs)}};
  if (!WriteFigures(page.sections[0].figures, folder)) {
    page.sections[0].figures.clear();
  }
  WritePage(page, folder / "report.html");
  std::cout << "wrote " << (folder / "report.html").string() << '\n';
}

}  // namespace vffn
