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

std::vector<PageSection> TrainingSections(std::span<const TrainingRun> runs) {
  std::vector<PageSection> sections = {
      {.id = "training", .title = "Training", .tables = {ToPageTable(TrainingTable(runs))}},
      {.id = "training-curves", .title = "Training curves", .figures = TrainingCurveFigures(runs)}};
  if (const Table tasks = TrainingTaskTable(runs); !tasks.rows().empty()) {
    sections[0].tables.push_back(ToPageTable(tasks));
  }
  PageSection layers{.id = "training-layers", .title = "Layers during training"};
  std::set<std::string> taken;
  for (const TrainingRun& run : runs) {
    std::ranges::move(TrainingLayerFigures(run, FileName(run.name, taken)),
                      std::back_inserter(layers.figures));
    if (const Table table = TrainingLayerTable(run); !table.rows().empty()) {
      layers.tables.push_back(ToPageTable(table));
    }
  }
  if (!layers.figures.empty()) {
    sections.push_back(std::move(layers));
  }
  return sections;
}

void WriteTrainingTables(std::span<const TrainingRun> runs, const std::filesystem::path& folder) {
  const auto text = [&](TableFormat format) { return TrainingText(runs, format); };
  WriteTableFiles(folder, "training", text, TrainingJson(runs));
}

void WriteTrainingPage(std::span<const TrainingRun> runs, const std::string& subtitle,
                       const std::filesystem::path& folder) {
  ReportPage page{.title = runs.size() == 1 ? "Training of " + runs[0].name : "Training runs",
                  .subtitle = subtitle,
                  .sections = TrainingSections(runs)};
  std::vector<Figure> figures;
  for (const PageSection& section : page.sections) {
    figures.insert(figures.end(), section.figures.begin(), section.figures.end());
  }
  if (!WriteFigures(figures, folder)) {
    for (PageSection& section : page.sections) {
      section.figures.clear();
    }
  }
  WritePage(page, folder / "report.html");
  std::cout << "wrote " << (folder / "report.html").string() << '\n';
}

}  // namespace vffn
