#include <optional>

#include "base/error.h"
#include "reports/tables/table_text.h"
#include "reports/traces/trace_docs.h"
#include "reports/traces/trace_ledger.h"
#include "reports/traces/trace_tables.h"

namespace vffn {
namespace {

/// A note if docs have no accuracy in the ledger: correctness is correlated without them, everything else
/// with them.
std::string MissingDocsNote(const TraceReader& reader, const TraceScope& scope,
                            const std::filesystem::path& ledger, const Correctness& correctness) {
  int64_t missing = 0;
  ReadDocs(reader, scope, {}, [&](const DocTrace& doc) {
    missing += correctness.contains({doc.task, doc.doc_id}) ? 0 : 1;
  });
  return missing == 0 ? ""
                      : std::to_string(missing) + " traced docs have no accuracy in " + ledger.string() +
                            ": correctness is correlated without them.\n";
}

/// A trace with the correctness of its docs.
struct CorrelatedTrace {
  TraceReader reader;
  Correctness correctness;

  CorrelatedTrace(const std::filesystem::path& trace, const std::filesystem::path& ledger,
                  const std::string& profile)
      : reader(trace) {
    if (!ledger.empty()) {
      correctness = ReadCorrectness(ledger, reader.header(), profile);
    }
  }
};

void CheckLayers(const std::vector<int64_t>& layers, const TraceHeader& header) {
  for (const int64_t layer : layers) {
    VFFN_CHECK(layer >= 0 && layer < header.shape.layers, "layer ", layer, ": ", header.Label(),
               " has layers 0 to ", header.shape.layers - 1);
  }
}

/// Appends notes to `text`.
std::vector<TokenCorrelation> CorrelateTokens(const CorrelatedTrace& trace, const TraceScope& scope,
                                              const TokenReportOptions& options,
                                              const std::filesystem::path& ledger, std::string& text) {
  TokenAnalysis analysis(trace.reader.header(), scope.counting);
  AddDocs(trace.reader, scope, analysis);
  if (!ledger.empty()) {
    text += MissingDocsNote(trace.reader, scope, ledger, trace.correctness);
  }
  return analysis.Result(options.layers, trace.correctness, options.correlation);
}

}  // namespace

TraceReport ReportTokens(const TraceScope& scope, const TokenReportOptions& options) {
  // Everything that was named is read and checked before the docs are.
  const CorrelatedTrace trace(scope.trace, options.ledger, options.profile);
  std::optional<CorrelatedTrace> control_trace;
  if (!options.control.empty()) {
    control_trace.emplace(options.control, options.control_ledger, options.profile);
    CheckIsControl(trace.reader.header(), scope.trace.string(), control_trace->reader.header(),
                   options.control.string());
  }
  TokenAnalysis(trace.reader.header(), scope.counting);  // throws if there is nothing to correlate
  CheckLayers(options.layers, trace.reader.header());
  TraceReport report = BeginReport("tokens", trace.reader, scope);
  const std::vector<TokenCorrelation> real =
      CorrelateTokens(trace, scope, options, options.ledger, report.text);
  std::vector<TokenCorrelation> control;
  if (control_trace) {
    control = CorrelateTokens(*control_trace, scope, options, options.control_ledger, report.text);
  }
  report.text += RowsText(TokenTable(real, control), TableFormat::kConsole);
  if (options.ledger.empty()) {
    report.text += "Correctness needs the run's ledger (--ledger).\n";
  }
  report.tables = {TokenData(real, control)};
  NameTables(trace.reader, report);
  return report;
}

}  // namespace vffn
