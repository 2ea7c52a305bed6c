#include "runs/manifests/manifest_runs.h"

#include <algorithm>
#include <iostream>

#include "base/interrupted.h"
#include "runs/parts/part_evaluation.h"
#include "runs/provenance.h"
#include "runs/tasks/profile_tasks.h"

namespace vffn {
namespace {

EvaluationOptions OptionsOf(const Manifest& manifest, const ManifestOptions& options,
                            const ManifestEntry& entry) {
  EvaluationOptions evaluation{.model = ModelOf(manifest, options, entry).string(),
                               .tokenizer = entry.tokenizer.string(),
                               .tasks = entry.tasks,
                               .data = DataFolder(manifest, options).string(),
                               .profile = manifest.profile,
                               .output_path = RunFolderOf(options, entry).path().string(),
                               .limit = options.limit.value_or(entry.limit),
                               .workers = static_cast<int>(manifest.workers),
                               .log_samples = true,
                               .resume = options.resume,
                               .shard = options.place.shard,
                               .program = options.program};
  evaluation.compute.model_args = entry.model_args;
  evaluation.compute.dtype = entry.dtype;
  evaluation.compute.device = manifest.device;
  ShareMachine(options.place, evaluation.compute, evaluation.workers);
  TasksOfRun(FindProfile(evaluation.profile), evaluation.tasks);
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

/// The model options under which an entry's loss is measured.
std::vector<std::string> LossArgs(const Manifest& manifest, const ManifestEntry& entry) {
  std::vector<std::string> args;
  if (manifest.HasHeldOut()) {
    args.push_back(entry.ArgsWith(""));
    for (const std::string& control : entry.controls) {
      args.push_back(entry.ArgsWith(control));
    }
  }
  return args;
}

/// The loss on the manifest's text under the entry's options and under each of its controls.
void MeasureEntry(const Manifest& manifest, const ManifestEntry& entry, const EvaluationOptions& evaluation,
                  const std::stop_token& stop) {
  for (const std::string& args : LossArgs(manifest, entry)) {
    LossOptions options{.model = evaluation.model,
                        .tokenizer = evaluation.tokenizer,
                        .tokens = manifest.held_out.string(),
                        .window = manifest.held_out_window,
                        .output_path = evaluation.output_path,
                        .compute = evaluation.compute,
                        .limit = manifest.held_out_limit,
                        .workers = evaluation.workers,
                        .resume = evaluation.resume,
                        .shard = evaluation.shard,
                        .program = evaluation.program};
    options.compute.model_args = args;
    if (!manifest.held_out_text.empty()) {
      options.text.paths = {manifest.held_out_text.string()};
    }
    MeasureLosses(options, stop);
  }
}

/// Scores this process's part of a checkpoint's run.
void RunEntryPart(const Manifest& manifest, const ManifestEntry& entry, const EvaluationOptions& options,
                  const std::stop_token& stop) {
  Evaluation evaluation = PrepareEvaluation(options, Loading::kWhenNeeded);
  if (options.resume && IsFinished(evaluation)) {
    MeasureEntry(manifest, entry, options, stop);
    return;
  }
  std::cout << entry.name << ": part " << ToString(options.shard) << " of " << entry.tasks << std::endl;
  RunPartOf(evaluation, stop);
  MeasureEntry(manifest, entry, options, stop);
}

/// Whether the parts of an entry's run and losses are joined.
bool IsWhole(const Manifest& manifest, const ManifestEntry& entry, const EvaluationOptions& options) {
  const RunFolder folder(options.output_path);
  return folder.HasLedger() && std::ranges::all_of(LossArgs(manifest, entry), [&](const std::string& args) {
           return std::filesystem::exists(folder.losses(args));
         });
}

std::vector<EvaluationOptions> OptionsOfAll(const Manifest& manifest, const ManifestOptions& options) {
  std::vector<EvaluationOptions> evaluations;
  for (const ManifestEntry& entry : manifest.checkpoints) {
    ForEntry(entry, [&] { evaluations.push_back(OptionsOf(manifest, options, entry)); });
  }
  return evaluations;
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
  MeasureEntry(manifest, entry, options, stop);
  RunNotes notes = entry.Notes();
  notes.paper_text = manifest.paper_text;
  notes.untrained = notes.untrained || IsUntrained(options.model);
  WriteRunNotes(folder.notes(), notes);
  runs.finished.push_back(ReadRun(folder.path()));
  const bool shown = std::ranges::find(manifest.page_models, entry.name) != manifest.page_models.end();
  runs.evaluations.push_back(shown ? std::move(evaluation) : nullptr);
}

}  // namespace

std::filesystem::path DataFolder(const Manifest& manifest, const ManifestOptions& options) {
  return options.data.empty() ? manifest.data : std::filesystem::path(options.data);
}

RunFolder RunFolderOf(const ManifestOptions& options, const ManifestEntry& entry) {
  return RunFolder(options.output / "runs" / entry.FolderName());
}

std::filesystem::path TrainingFolderOf(const ManifestOptions& options, const ManifestEntry& entry) {
  return options.output / "training" / entry.FolderName();
}

std::filesystem::path ModelOf(const Manifest& manifest, const ManifestOptions& options,
                              const ManifestEntry& entry) {
  if (!entry.model.empty()) {
    return entry.model;
  }
  const ManifestEntry& trained = entry.trained.empty() ? entry : *FindEntry(manifest, entry.trained);
  return TrainingFolderOf(options, trained) / "final";
}

Manifest PartWithCheckpoints(Manifest manifest, const ManifestOptions& options) {
  Manifest part = manifest;
  std::erase_if(part.checkpoints, [&](const ManifestEntry& entry) {
    return !std::filesystem::exists(ModelOf(manifest, options, entry));
  });
  VFFN_CHECK(!part.checkpoints.empty(), manifest.file.string(), ": none of the checkpoints is there yet");
  const auto is_missing = [&](const std::string& name) { return FindEntry(part, name) == nullptr; };
  std::erase_if(part.checkpoints, [&](const ManifestEntry& entry) {
    return !entry.control_of.empty() && is_missing(entry.control_of);
  });
  std::erase_if(part.page_models, is_missing);
  if (part.page_models.empty()) {
    part.page_models = {part.checkpoints.front().name};
  }
  return part;
}

void ForEntry(const ManifestEntry& entry, const std::function<void()>& body) {
  try {
    body();
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    Fail(entry.where, ": ", error.what());
  }
}

bool RunManifestPart(const Manifest& manifest, const ManifestOptions& options, const std::stop_token& stop) {
  const std::vector<EvaluationOptions> evaluations = OptionsOfAll(manifest, options);
  for (size_t i = 0; i < evaluations.size(); ++i) {
    const ManifestEntry& entry = manifest.checkpoints[i];
    ForEntry(entry, [&] { RunEntryPart(manifest, entry, evaluations[i], stop); });
  }
  // A process that is slower may have joined a run that this one left in parts.
  bool whole = true;
  for (size_t i = 0; i < evaluations.size(); ++i) {
    whole = IsWhole(manifest, manifest.checkpoints[i], evaluations[i]) && whole;
  }
  return whole;
}

ManifestRuns RunManifest(const Manifest& manifest, const ManifestOptions& options,
                         const std::stop_token& stop) {
  const std::vector<EvaluationOptions> evaluations = OptionsOfAll(manifest, options);
  ManifestRuns runs;
  for (size_t i = 0; i < evaluations.size(); ++i) {
    const ManifestEntry& entry = manifest.checkpoints[i];
    ForEntry(entry, [&] { RunEntry(manifest, entry, evaluations[i], stop, runs); });
  }
  return runs;
}

}  // namespace vffn
