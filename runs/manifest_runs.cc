#include "runs/manifest_runs.h"

#include <algorithm>
#include <iostream>

#include "base/interrupted.h"
#include "runs/provenance.h"
#include "runs/task_source.h"

namespace vffn {
namespace {

EvaluationOptions OptionsOf(const Manifest& manifest, const ManifestOptions& options,
                            const ManifestEntry& entry) {
  EvaluationOptions evaluation{.model = entry.model.string(),
                               .tokenizer = entry.tokenizer.string(),
                               .tasks = entry.tasks,
                               .data = DataFolder(manifest, options).string(),
                               .profile = manifest.profile,
                               .output_path = RunFolderOf(options, entry).path().string(),
                               .limit = options.limit.value_or(entry.limit),
                               .workers = static_cast<int>(manifest.workers),
                               .log_samples = true,
                               .resume = options.resume,
                               .program = options.program};
  evaluation.compute.model_args = entry.model_args;
  evaluation.compute.dtype = entry.dtype;
  evaluation.compute.device = manifest.device;
  ParseTaskList(evaluation.tasks);
  evaluation.compute.Parse();
  const auto checkpoint = OpenCheckpoint(evaluation.model, entry.model_args);
  if (entry.trace && TraceShapeOf(checkpoint->config(), false).layers > 0) {
    evaluation.trace = {.folder = RunFolderOf(options, entry).trace().string(),
                        .branches = entry.trace_branches,
                        .features = entry.trace_features,
                        .layers = entry.trace_layers};
  }
  return evaluation;
}

/// Runs one checkpoint unless its run is finished.
void RunEntry(const Manifest& manifest, const ManifestEntry& entry, const EvaluationOptions& options,
              const std::stop_token& stop, ManifestRuns& runs) {
  auto evaluation = std::make_unique<Evaluation>(PrepareEvaluation(options, Loading::kWhenNeeded));
  const RunFolder folder = evaluation->folder();
  if (options.resume && IsFinished(*evaluation)) {
    std::cout << entry.name << ": done before, " << folder.path().string() << std::endl;
  } else {
    std::cout << entry.name << ": " << entry.tasks << std::endl;
    RunEvaluation(*evaluation, stop);
  }
  RunNotes notes = entry.Notes();
  notes.untrained = notes.untrained || IsUntrained(entry.model);
  WriteRunNotes(folder.notes(), notes);
  runs.finished.push_back(ReadRun(folder.path()));
  const bool shown = std::ranges::find(manifest.page_models, entry.name) != manifest.page_models.end();
  runs.evaluations.push_back(shown ? std::move(evaluation) : nullptr);
}

/// Calls `body`; an error names the entry.
template <class Body>
auto ForEntry(const ManifestEntry& entry, Body&& body) {
  try {
    return body();
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    Fail(entry.where, ": ", error.what());
  }
}

}  // namespace

std::filesystem::path DataFolder(const Manifest& manifest, const ManifestOptions& options) {
  return options.data.empty() ? manifest.data : std::filesystem::path(options.data);
}

RunFolder RunFolderOf(const ManifestOptions& options, const ManifestEntry& entry) {
  return RunFolder(options.output / "runs" / entry.FolderName());
}

ManifestRuns RunManifest(const Manifest& manifest, const ManifestOptions& options,
                         const std::stop_token& stop) {
  std::vector<EvaluationOptions> evaluations;
  for (const ManifestEntry& entry : manifest.checkpoints) {
    evaluations.push_back(ForEntry(entry, [&] { return OptionsOf(manifest, options, entry); }));
  }
  ManifestRuns runs;
  for (size_t i = 0; i < evaluations.size(); ++i) {
    const ManifestEntry& entry = manifest.checkpoints[i];
    ForEntry(entry, [&] { RunEntry(manifest, entry, evaluations[i], stop, runs); });
  }
  return runs;
}

}  // namespace vffn
