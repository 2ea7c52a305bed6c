#include "reports/reproduction/finished_run.h"

#include "base/error.h"
#include "reports/comparison/run_folder.h"
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

FinishedRun ReadFinishedRun(const std::filesystem::path& path) {
  FinishedRun run{.measured = ReadMeasuredRun(path)};
  const std::filesystem::path folder = std::filesystem::path(run.measured.source).parent_path();
  const std::filesystem::path trace = folder / kTraceFolder, ledger = folder / kLedgerFile;
  if (!std::filesystem::is_directory(trace)) {
    return run;
  }
  VFFN_CHECK(std::filesystem::exists(ledger), folder.string(),
             ": there is a trace, but no ledger.jsonl, which says what run it is of");
  run.trace = std::make_unique<TraceReader>(trace);
  const Correctness correctness = ReadCorrectness(ledger, run.trace->header(), "");
  CheckHasDocs(ReadLedger(ledger), *run.trace);
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
