#include "reports/traces/trace_report.h"

#include <sstream>

#include "base/atomic_file.h"
#include "base/error.h"
#include "reports/traces/trace_docs.h"
#include "reports/traces/trace_figures.h"
#include "reports/traces/trace_tables.h"
#include "trace/branch_features.h"

namespace vffn {

TraceReport ReportLoops(const TraceScope& scope) {
  const TraceReader reader(scope.trace);
  LoopAnalysis analysis(reader.header());
  AddDocs(reader, scope, analysis);
  const std::vector<LoopCounts> counts = analysis.Result();
  TraceReport report = BeginReport("loops", reader, scope);
  for (const LoopCounts& one : counts) {
    if (one.counting == scope.counting) {
      report.text += LoopLayerTable(one).ToConsole() + "\n";
      if (one.tokens > 0) {
        report.figures.push_back(LoopsPerLayer(SubjectOf(reader, scope), one));
      }
    }
  }
  report.text += LoopAverageTable(counts).ToConsole();
  report.tables = LoopRecords(counts);
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
      report.text += ExpertTable(one).ToConsole();
      report.figures.push_back(ExpertLoads(SubjectOf(reader, scope), one));
    }
  }
  report.tables = ExpertRecords(counts);
  return report;
}

TraceReport ReportCosine(const TraceScope& scope, const CosineReportOptions& options) {
  const TraceReader reader(scope.trace);
  CosineAnalysis analysis(reader.header(), scope.counting);
  AddDocs(reader, scope, analysis);
  const std::vector<CosineDistribution> layers = analysis.Result();
  TraceReport report = BeginReport("cosine", reader, scope);
  report.text = CosineTable(layers).ToConsole();
  report.tables = CosineRecords(layers);
  if (options.doc) {
    VFFN_CHECK(scope.tasks.size() == 1, "--doc needs one --task");
    const DocTrace doc = reader.ReadDoc(scope.tasks.front(), *options.doc);
    const CosineHeatmap heatmap =
        MakeHeatmap(doc, ReadBranchFeatures(scope.trace, doc), options.layer, options.choice);
    std::ostringstream line;
    line << "heat map of layer " << heatmap.layer << ", " << heatmap.task << " doc " << heatmap.doc_id
         << ", choice " << heatmap.choice << ": " << heatmap.labels.size() << " tokens\n";
    report.text += line.str();
    report.tables.push_back(HeatmapRecords(heatmap));
    report.figures.push_back(BranchCosine(reader.header().Label(), heatmap));
  }
  return report;
}

std::vector<std::filesystem::path> WriteTraceReport(const TraceReport& report,
                                                    const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  VFFN_CHECK(!error, folder.string(), ": cannot be made: ", error.message());
  OrderedJson json = {{"vffn_analysis", report.name},
                      {"trace", ToJson(report.header)},
                      {"tasks", report.tasks.empty() ? OrderedJson(nullptr) : OrderedJson(report.tasks)},
                      {"tables", OrderedJson::object()}};
  std::vector<std::filesystem::path> written;
  for (const NamedRecords& table : report.tables) {
    json["tables"][table.name] = table.records;
    written.push_back(WriteCsv(folder, table.name, table.records));
  }
  written.push_back(folder / (report.name + ".json"));
  WriteFileAtomically(written.back(), json.dump(1) + "\n");
  return written;
}

}  // namespace vffn
