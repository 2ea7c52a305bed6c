#include "reports/reproduction/finished_run.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "base/error.h"
#include "reports/reproduction/measured_loss.h"
#include "reports/traces/trace_ledger.h"
#include "runs/folders/named_run.h"
#include "runs/folders/run_names.h"

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
  VFFN_CHECK(
      missing == 0, ledger.origin, ": ", missing, " docs of the trace ", trace.path().string(),
      " are missing: the ledger was cut short (vffn eval --resume completes it), or the trace is of other "
      "docs (move it away)");
}

FinishedRun MakeFinishedRun(RecordedRun recorded) {
  FinishedRun run{.recorded = std::move(recorded)};
  run.measured = MakeMeasuredRun(run.recorded.results, run.recorded.notes);
  run.measured.file_notes = run.recorded.file_notes;
  run.measured.measured_loss = ReadMeasuredLoss(run.recorded);
  run.ledger = std::exchange(run.recorded.ledger, std::nullopt);
  if (run.ledger) {
    run.measured.ledger = run.ledger->origin;
  }
  const RunFolder& folder = run.recorded.folder;
  const bool of_another_run = !run.ledger && folder.HasLedger();  // results that were named
  if (!folder.Has(RunContent::kTrace) || of_another_run) {
    return run;
  }
  VFFN_CHECK(run.ledger.has_value(), folder.path().string(), ": there is a trace, but no ",
             folder.ledger().filename().string(), ", which tells the run that it is of");
  run.trace = std::make_unique<TraceReader>(folder.trace());
  const Correctness correctness = CorrectnessOf(*run.ledger, run.trace->header(), "");
  CheckHasDocs(*run.ledger, *run.trace);
  run.summary = SummariseTrace(run.measured.Label(), *run.trace, correctness);
  run.measured.traced = FlopsOf(*run.summary);
  return run;
}

/// The losses of a folder without scores, or a file of losses that was named.
struct NamedLosses {
  RunFolder folder;
  std::vector<std::filesystem::path> files;
};

/// What the user named, sorted.
struct NamedRuns {
  std::vector<std::filesystem::path> scored;
  std::vector<NamedLosses> losses;
};

/// Adds one folder or file.
void AddNamed(const std::filesystem::path& path, NamedRuns& runs) {
  const auto losses = FindRunIfAny(path, RunContent::kLosses);
  if (losses && losses->kind == NamedKind::kLosses) {
    runs.losses.push_back({losses->folder, {losses->named}});
  } else if (losses && !losses->folder.Has(RunContent::kScores)) {
    runs.losses.push_back({losses->folder, losses->folder.LossFiles()});
  } else {
    runs.scored.push_back(path);
  }
}

NamedRuns FindNamedRuns(const std::vector<std::filesystem::path>& folders_or_files) {
  NamedRuns runs;
  for (const std::filesystem::path& path : folders_or_files) {
    const bool folder = std::filesystem::is_directory(path) && !IsTraceFolder(path);
    const std::vector<RunFolder> within = folder ? RunFolder::AllWithin(path) : std::vector<RunFolder>();
    for (const RunFolder& run : within) {
      AddNamed(run.path(), runs);
    }
    if (within.empty()) {
      AddNamed(path, runs);
    }
  }
  return runs;
}

bool IsShuffled(const TraceReader& trace) {
  return trace.header().config.ffn.probes.shuffle_loops.has_value();
}

/// Whether two traces are of one model that was run in the same way, but for the order of the loop counts.
bool IsShuffleControl(const TraceReader& real, const TraceReader& control) {
  TraceHeader same = control.header();
  same.config.ffn.probes.shuffle_loops = real.header().config.ffn.probes.shuffle_loops;
  const auto is_ffn = [](const IdentityDifference& difference) { return difference.field == "ffn"; };
  return IsShuffled(control) && !IsShuffled(real) && same.config == real.header().config &&
         std::ranges::all_of(DifferencesOf(real.header().identity, same.identity), is_ffn);
}

std::string StemOf(const std::string& name) {
  std::string stem;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    stem += plain ? c : '-';
  }
  return stem;
}

}  // namespace

std::vector<FinishedRun> MakeFinishedRuns(std::vector<RecordedRun> runs) {
  std::vector<NamedFolder> folders;
  for (const RecordedRun& run : runs) {
    folders.push_back({RunName(run.notes, run.results.model_name), run.folder.path()});
  }
  const std::vector<std::string> names = DistinctNames(folders);
  std::vector<FinishedRun> finished;
  for (size_t i = 0; i < runs.size(); ++i) {
    runs[i].notes.name = names[i];
    finished.push_back(MakeFinishedRun(std::move(runs[i])));
  }
  return finished;
}

ReportRuns ReadReportRuns(const std::vector<std::filesystem::path>& folders_or_files) {
  const NamedRuns named = FindNamedRuns(folders_or_files);
  std::vector<RecordedRun> scored;
  std::vector<NamedFolder> folders;
  for (const std::filesystem::path& path : named.scored) {
    const RecordedRun& run = scored.emplace_back(ReadRun(path));
    folders.push_back({RunName(run.notes, run.results.model_name), run.folder.path()});
  }
  for (const NamedLosses& losses : named.losses) {
    folders.push_back({LossRunName(losses.files.front()), losses.folder.path()});
  }
  const std::vector<std::string> names = DistinctNames(folders);
  ReportRuns runs;
  for (size_t i = 0; i < scored.size(); ++i) {
    scored[i].notes.name = names[i];
  }
  for (size_t i = 0; i < named.losses.size(); ++i) {
    std::ranges::move(ReadLossRuns(named.losses[i].files, names[scored.size() + i]),
                      std::back_inserter(runs.losses));
  }
  runs.scored = MakeFinishedRuns(std::move(scored));
  return runs;
}

std::vector<std::optional<size_t>> FindControls(std::span<const FinishedRun> runs) {
  std::vector<std::optional<size_t>> controlled(runs.size());
  for (size_t control = 0; control < runs.size(); ++control) {
    for (size_t real = 0; real < runs.size() && !controlled[control]; ++real) {
      if (runs[real].trace && runs[control].trace &&
          IsShuffleControl(*runs[real].trace, *runs[control].trace)) {
        controlled[control] = real;
      }
    }
  }
  return controlled;
}

std::vector<std::string> FigureStems(std::span<const FinishedRun> runs) {
  std::vector<std::string> stems;
  std::set<std::string> taken;
  for (const FinishedRun& run : runs) {
    const std::string first = StemOf(run.measured.name);
    std::string& stem = stems.emplace_back(first);
    for (int count = 2; !taken.insert(stem).second; ++count) {
      stem = first + "-" + std::to_string(count);
    }
  }
  return stems;
}

std::vector<TracePart> TraceParts(std::span<const FinishedRun> runs,
                                  std::span<const std::optional<size_t>> controlled) {
  const std::vector<std::string> stems = FigureStems(runs);
  std::vector<TracePart> parts;
  for (size_t i = 0; i < runs.size(); ++i) {
    if (!runs[i].summary || controlled[i]) {
      continue;
    }
    parts.push_back({.model = runs[i].measured.Label(),
                     .tables = TraceTables(*runs[i].summary, ControlOf(i, runs, controlled)),
                     .figures = TraceFigures(*runs[i].summary, stems[i])});
  }
  return parts;
}

}  // namespace vffn
