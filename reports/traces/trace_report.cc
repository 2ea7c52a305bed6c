#include "reports/traces/trace_report.h"

#include <sstream>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/json.h"
#include "base/valid_utf8.h"
#include "reports/tables/number_text.h"
#include "reports/tables/table_data.h"
#include "reports/tables/table_text.h"
#include "reports/traces/skill_report.h"
#include "reports/traces/trace_docs.h"
#include "reports/traces/trace_figures.h"
#include "reports/traces/trace_tables.h"
#include "trace/branch_features.h"

namespace vffn {

TraceReport ReportLoops(const TraceScope& scope, const LoopReportOptions& options) {
  const TraceReader reader(scope.trace);
  LoopAnalysis analysis(reader.header());
  AddDocs(reader, scope, analysis);
  const std::vector<LoopCounts> counts = analysis.Result();
  TraceReport report = BeginReport("loops", reader, scope);
  for (const LoopCounts& one : counts) {
    if (one.counting == scope.counting) {
      report.text += RowsText(LoopLayerTable(one), TableFormat::kConsole) + "\n";
      if (one.tokens > 0) {
        report.figures.push_back(LoopsPerLayer(SubjectOf(reader, scope), one));
      }
    }
  }
  report.text += RowsText(LoopAverageTable(counts), TableFormat::kConsole);
  report.tables = LoopTables(counts);
  if (options.by != LoopGrouping::kNone) {
    AddSkills(reader, scope, options, report);
  }
  NameTables(reader, report);
  return report;
}

TraceReport ReportExperts(const TraceScope& scope) {
  const TraceReader reader(scope.trace);
  ExpertAnalysis analysis(reader.header());
  AddDocs(reader, scope, analysis);
  const std::vector<ExpertCounts> counts = analysis.Result();
  TraceReport report = BeginReport("experts", reader, scope);
  for (const ExpertCounts& one : counts) {
    if (one.counting == scope.counting) {
      report.text += RowsText(ExpertTable(one), TableFormat::kConsole);
      report.figures.push_back(ExpertLoads(SubjectOf(reader, scope), one));
    }
  }
  report.tables = ExpertTables(counts);
  NameTables(reader, report);
  return report;
}

std::string OneTask(const TraceReader& reader, const TraceScope& scope) {
  std::vector<std::string> tasks = scope.tasks;
  if (tasks.empty()) {
    for (const auto& [task, docs] : reader.docs()) {
      tasks.push_back(task);
    }
  }
  VFFN_CHECK(tasks.size() == 1, "a heat map is of one doc of one task, but these are ", tasks.size(), ": ",
             JoinedText(tasks, ", "), "; choose one of them");
  return tasks.front();
}

CosineHeatmap ReadHeatmap(const TraceReader& reader, const std::string& task,
                          const CosineReportOptions& options) {
  VFFN_CHECK(options.layer >= 0 && options.layer < reader.header().shape.layers, "layer ", options.layer,
             ": ", reader.header().Label(), " has layers 0 to ", reader.header().shape.layers - 1);
  VFFN_CHECK(reader.docs().contains(task), reader.path().string(), ": holds no task ", task);
  const DocTrace doc = reader.ReadDoc(task, *options.doc);
  return MakeHeatmap(doc, ReadBranchFeatures(reader.path(), doc), options.layer, options.choice);
}

TraceReport ReportCosine(const TraceScope& scope, const CosineReportOptions& options) {
  const TraceReader reader(scope.trace);
  CosineAnalysis analysis(reader.header(), scope.counting);
  std::optional<CosineHeatmap> heatmap;  // first: what cannot be drawn is said at once
  if (options.doc) {
    heatmap = ReadHeatmap(reader, OneTask(reader, scope), options);
  }
  AddDocs(reader, scope, analysis);
  const std::vector<CosineDistribution> layers = analysis.Result();
  TraceReport report = BeginReport("cosine", reader, scope);
  report.text = RowsText(CosineTable(layers), TableFormat::kConsole);
  report.tables = CosineTables(layers);
  if (heatmap) {
    std::ostringstream line;
    line << "heat map of layer " << heatmap->layer << ", " << heatmap->task << " doc " << heatmap->doc_id
         << ", choice " << heatmap->choice << ": " << heatmap->labels.size() << " tokens\n";
    report.text += line.str();
    report.tables.push_back(HeatmapTable(*heatmap));
    report.figures.push_back(BranchCosine(SubjectOf(reader, scope), *heatmap));
  }
  NameTables(reader, report);
  return report;
}

std::vector<std::filesystem::path> WriteTraceReport(const TraceReport& report,
                                                    const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  VFFN_CHECK(!error, folder.string(), ": cannot be made: ", error.message());
  OrderedJson json = {{"vffn_analysis", report.name},
                      {"run", report.run},
                      {"trace", ToJson(report.header)},
                      {"tasks", report.tasks.empty() ? OrderedJson(nullptr) : OrderedJson(report.tasks)},
                      {"tables", OrderedJson::object()}};
  std::vector<std::filesystem::path> written;
  for (const Table& table : report.tables) {
    json["tables"][table.name] = ToJson(table);
    written.push_back(folder / (table.name + ".csv"));
    WriteFileAtomically(written.back(), ToCsv(table));
  }
  written.push_back(folder / (report.name + ".json"));
  WriteFileAtomically(written.back(), DumpJson(json, 1) + "\n");
  return written;
}

}  // namespace vffn
