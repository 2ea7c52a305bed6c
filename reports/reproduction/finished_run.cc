#include "reports/reproduction/finished_run.h"

#include "base/error.h"
#include "reports/reproduction/measured_loss.h"
#include "reports/traces/trace_ledger.h"

namespace vffn {
namespace {

const TraceSummary* ControlOf(size_t index, std::span<const FinishedRun> runs,
                              std::span<const std::optional<size_t>> controlled) {
  for (size_t i = 0; i < runs.size(); ++i) {
    if (controlled[i] == index && runs[i].summary) {
      CheckIsControl(runs[index].trace->header(), runs[index].trace->path().string(), runs[i].trace->header(),
                     runs[i].trace->path().string());
      return &*runs[i].summary;
    }
  }
  return nullptr;
}

/// A finished run's ledger has every doc that was traced.
void CheckHasDocs(const LedgerContents& ledger, const TraceReader& trace) {
  int64_t missing = 0;
  for (const auto& [task, docs] : trace.docs()) {
    for (const int64_t doc : docs) {
      missing += ledger.FindDoc(task, doc) == nullptr ? 1 : 0;
    }
  }
  VFFN_CHECK(missing == 0, ledger.origin, ": ", missing, " docs of the trace ", trace.path().string(),
             " are missing: the ledger was cut short; vffn eval --resume completes it");
}

}  // namespace

FinishedRun MakeFinishedRun(const RecordedRun& recorded) {
  FinishedRun run{.measured = MakeMeasuredRun(recorded.results, recorded.notes)};
  const RunFolder& folder = recorded.folder;
  run.measured.measured_loss = ReadMeasuredLoss(recorded);
  if (!folder.HasTrace()) {
    return run;
  }
  VFFN_CHECK(folder.HasLedger(), folder.path().string(), ": there is a trace, but no ",
             folder.ledger().filename().string(), ", which tells the run that it is of");
  run.trace = std::make_unique<TraceReader>(folder.trace());
  const LedgerContents ledger = ReadLedger(folder.ledger());
  const Correctness correctness = CorrectnessOf(ledger, run.trace->header(), "");
  CheckHasDocs(ledger, *run.trace);
  run.summary = SummariseTrace(run.measured.Label(), *run.trace, correctness);
  run.measured.traced = FlopsOf(*run.summary);
  return run;
}

std::string FigureStem(const std::string& name) {
  std::string stem;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    stem += plain ? c : '-';
  }
  return stem;
}

std::vector<TracePart> TraceParts(std::span<const FinishedRun> runs,
                                  std::span<const std::optional<size_t>> controlled) {
  std::vector<TracePart> parts;
  for (size_t i = 0; i < runs.size(); ++i) {
    if (!runs[i].summary || controlled[i]) {
      continue;
    }
    parts.push_back({.model = runs[i].measured.Label(),
                     .tables = TraceTables(*runs[i].summary, ControlOf(i, runs, controlled)),
                     .figures = TraceFigures(*runs[i].summary, FigureStem(runs[i].measured.name))});
  }
  return parts;
}

}  // namespace vffn
