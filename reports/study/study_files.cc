#include "reports/study/study_files.h"

#include <iostream>
#include <set>

#include "base/atomic_file.h"
#include "base/json.h"
#include "reports/tables/table_data.h"
#include "reports/tables/table_files.h"
#include "reports/training/training_report.h"

namespace vffn {

std::vector<Figure> StudyFigures(const Study& study) {
  constexpr size_t kMostCurves = 7;
  std::vector<TrainingRun> runs;
  if (!study.tables.empty()) {
    for (const std::string& method : study.tables.front().rows) {
      for (const StudyRun* run : RunsOf(study, method)) {
        if (run->training) {
          runs.push_back(*run->training);
        }
      }
    }
  }
  std::set<std::string> groups;
  for (const TrainingRun& run : runs) {
    groups.insert(run.group);
  }
  if (groups.empty() || groups.size() > kMostCurves) {
    return {};
  }
  std::vector<Figure> figures = TrainingCurveFigures(runs);
  std::erase_if(figures, [](const Figure& figure) { return figure.name != "training-loss"; });
  return figures;
}

void WriteStudy(const Study& study, const std::filesystem::path& folder) {
  const std::vector<Table> tables = StudyTables(study);
  if (tables.empty()) {
    return;
  }
  std::string markdown = "# " + study.title + "\n";
  for (const Table& table : tables) {
    markdown += "\n" + ToText(table, TableFormat::kMarkdown);
    WriteTableFiles(
        folder / "study", table.name,
        [&](TableFormat format) {
          return format == TableFormat::kCsv ? ToCsv(table) : ToText(table, format);
        },
        ToJson(table));
  }
  WriteFileAtomically(folder / "study.md", markdown);
  std::cout << "wrote " << (folder / "study.md").string() << '\n';
}

}  // namespace vffn
