#include <utility>

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

/// Appends notes to `text`.
std::vector<TokenCorrelation> CorrelateTokens(const TraceReader& reader, const TraceScope& scope,
                                              const TokenReportOptions& options,
                                              const std::filesystem::path& ledger, std::string& text) {
  TokenAnalysis analysis(reader.header(), scope.counting);
  AddDocs(reader, scope, analysis);
  Correctness correctness;
  if (!ledger.empty()) {
    correctness = ReadCorrectness(ledger, reader.header(), options.profile);
    text += MissingDocsNote(reader, scope, ledger, correctness);
  }
  return analysis.Result(options.layers, correctness, options.correlation);
}

}  // namespace

TraceReport ReportTokens(const TraceScope& scope, const TokenReportOptions& options) {
  const TraceReader reader(scope.trace);
  TraceReport report = BeginReport("tokens", reader, scope);
  const std::vector<TokenCorrelation> real =
      CorrelateTokens(reader, scope, options, options.ledger, report.text);
  std::vector<TokenCorrelation> control;
  if (!options.control.empty()) {
    const TraceReader other(options.control);
    CheckIsControl(reader.header(), scope.trace.string(), other.header(), options.control.string());
    control = CorrelateTokens(other, scope, options, options.control_ledger, report.text);
  }
  report.text += RowsText(TokenTable(real, control), TableFormat::kConsole);
  if (options.ledger.empty()) {
    report.text += "Correctness needs the run's ledger (--ledger).\n";
  }
  report.tables = {TokenData(real, control)};
  return report;
}

}  // namespace vffn
