#include "reports/drawing/named_traces.h"

#include "base/error.h"
#include "runs/folders/run_folder.h"
#include "runs/folders/run_names.h"
#include "runs/folders/run_notes.h"

namespace vffn {
namespace {

bool HasWhatItNeeds(const std::string& kind, const TraceShape& shape) {
  return kind == "experts"  ? shape.n_experts > 0
         : kind == "cosine" ? shape.cosine
         : kind == "words"  ? shape.lambda
                            : shape.max_loops > 0;
}

NamedTraceReader Open(const std::filesystem::path& path) {
  NamedTraceReader trace{.files = FindTrace(path)};
  trace.reader = std::make_shared<TraceReader>(trace.files.trace);
  return trace;
}

/// The traces of all runs in a folder.
void AddAll(const std::vector<RunFolder>& runs, const std::filesystem::path& folder, const std::string& kind,
            std::vector<NamedTraceReader>& traces) {
  const size_t before = traces.size();
  for (const RunFolder& run : runs) {
    if (run.HasTrace()) {
      NamedTraceReader trace = Open(run.path());
      if (HasWhatItNeeds(kind, trace.reader->header().shape)) {
        traces.push_back(std::move(trace));
      }
    }
  }
  VFFN_CHECK(traces.size() > before, folder.string(), ": none of its ", runs.size(),
             " runs has a trace that a figure of ", kind, " can be drawn from");
}

}  // namespace

std::vector<NamedTraceReader> OpenTraces(const std::vector<std::filesystem::path>& paths,
                                         const std::string& kind, Renaming& names) {
  std::vector<NamedTraceReader> traces;
  for (const std::filesystem::path& path : paths) {
    std::vector<RunFolder> runs;
    if (std::filesystem::is_directory(path)) {
      runs = RunFolder::AllWithin(path);
    }
    if (runs.size() > 1) {
      AddAll(runs, path, kind, traces);
    } else {
      traces.push_back(Open(path));
    }
  }
  std::vector<NamedFolder> folders;
  std::vector<RunNotes> notes;
  for (const NamedTraceReader& trace : traces) {
    const std::filesystem::path folder =
        std::filesystem::absolute(trace.files.trace).lexically_normal().parent_path();
    notes.push_back(ReadRunNotes(RunFolder(folder).notes()));
    folders.push_back({.name = RunName(notes.back(), trace.reader->header().model_name), .folder = folder});
  }
  const std::vector<std::string> distinct = DistinctNames(folders);
  for (size_t i = 0; i < traces.size(); ++i) {
    const bool untrained = traces[i].reader->header().untrained || notes[i].untrained;
    traces[i].label = ModelLabel(names.Of(distinct[i]), untrained);
  }
  return traces;
}

}  // namespace vffn
