#include "reports/traces/named_trace.h"

#include "base/error.h"
#include "eval/ledger.h"
#include "runs/folders/named_run.h"
#include "trace/trace_reader.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

/// The fields in which the ledger differs from the trace, in words; empty: they are of one run.
std::string DifferingFields(const fs::path& ledger, const fs::path& trace) {
  std::string fields;
  for (const IdentityDifference& difference :
       DifferencesOf(ReadLedgerHeader(ledger).identity, TraceReader(trace).header().identity)) {
    fields += (fields.empty() ? "" : ", ") + difference.field;
  }
  return fields;
}

}  // namespace

TraceFiles FindTrace(const fs::path& named) {
  const NamedRun run = FindRun(named, RunContent::kTrace);
  TraceFiles files{.trace = run.trace, .samples = run.folder.LatestSamples()};
  if (run.folder.HasLedger()) {
    const fs::path ledger = run.folder.ledger();
    const std::string fields = DifferingFields(ledger, run.trace);
    if (fields.empty()) {
      files.ledger = ledger;
    } else {
      files.notes.push_back(ledger.string() + ": is of another run than the trace (" + fields +
                            ") and not used; --ledger names that of the trace");
      files.samples.clear();
    }
  }
  return files;
}

fs::path FindLedger(const fs::path& named) {
  const NamedRun run = FindRun(named, RunContent::kScores);
  VFFN_CHECK(run.kind == NamedKind::kLedger || run.folder.HasLedger(), named.string(),
             ": there is no ledger.jsonl with docs");
  return run.FileOr(NamedKind::kLedger, run.folder.ledger());
}

std::vector<fs::path> FindSamples(const fs::path& named) {
  const NamedRun run = FindRun(named, RunContent::kScores);
  if (run.kind == NamedKind::kSamples) {
    return {run.named};
  }
  const std::vector<fs::path> samples = run.folder.LatestSamples();
  VFFN_CHECK(!samples.empty(), named.string(),
             ": there are no samples_*.jsonl; 'vffn eval --resume --log_samples' writes them");
  return samples;
}

}  // namespace vffn
