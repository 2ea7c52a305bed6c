#include "apps/manifest_runs.h"

#include <algorithm>
#include <iostream>

#include "apps/interrupt.h"
#include "apps/provenance.h"
#include "apps/task_source.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "reports/comparison/run_folder.h"

namespace vffn {
namespace {

EvaluationOptions OptionsOf(const Manifest& manifest, const ManifestOptions& options,
                            const ManifestEntry& entry) {
  EvaluationOptions evaluation{.model = entry.model.string(),
                               .tokenizer = entry.tokenizer.string(),
                               .tasks = entry.tasks,
                               .data = DataFolder(manifest, options).string(),
                               .profile = manifest.profile,
                               .output_path = RunFolder(options, entry).string(),
                               .limit = options.limit.value_or(entry.limit),
                               .workers = static_cast<int>(manifest.workers),
                               .log_samples = true,
                               .resume = options.resume};
  evaluation.compute.model_args = entry.model_args;
  evaluation.compute.dtype = entry.dtype;
  evaluation.compute.device = manifest.device;
  ParseTaskList(evaluation.tasks);
  evaluation.compute.Parse();
  const auto checkpoint = OpenCheckpoint(evaluation.model, entry.model_args);
  if (entry.trace && TraceShapeOf(checkpoint->config(), false).layers > 0) {
    evaluation.trace = {.folder = (RunFolder(options, entry) / kTraceFolder).string(),
                        .branches = entry.trace_branches,
                        .features = entry.trace_features,
                        .layers = entry.trace_layers};
  }
  return evaluation;
}

/// Runs one checkpoint, or finds that it was run.
void RunEntry(const Manifest& manifest, const ManifestOptions& options, const ManifestEntry& entry,
              const EvaluationOptions& evaluation_options, const std::stop_token& stop, ManifestRuns& runs) {
  auto evaluation = std::make_unique<Evaluation>(PrepareEvaluation(evaluation_options, Loading::kWhenNeeded));
  const std::filesystem::path folder = RunFolder(options, entry);
  if (options.resume && IsFinished(*evaluation)) {
    std::cout << entry.name << ": done before, " << folder.string() << std::endl;
  } else {
    std::cout << entry.name << ": " << entry.tasks << std::endl;
    RunEvaluation(*evaluation, stop);
  }
  RunNotes notes = entry.Notes();
  notes.untrained = notes.untrained || IsUntrained(entry.model);
  WriteFileAtomically(folder / kRunNotesFile, ToJson(notes).dump(2) + "\n");
  runs.finished.push_back(ReadFinishedRun(folder));
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

std::filesystem::path RunFolder(const ManifestOptions& options, const ManifestEntry& entry) {
  return options.output / "runs" / entry.FolderName();
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
    ForEntry(entry, [&] { RunEntry(manifest, options, entry, evaluations[i], stop, runs); });
  }
  return runs;
}

}  // namespace vffn
