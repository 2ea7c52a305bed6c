#include "runs/manifests/manifest_runs.h"

#include <algorithm>
#include <iostream>

#include "base/interrupted.h"
#include "runs/manifests/entry_options.h"
#include "runs/parts/part_evaluation.h"
#include "runs/provenance.h"

namespace vffn {
namespace {

/// The loss on the manifest's text under the entry's options and under each of its controls.
void MeasureEntry(const Manifest& manifest, const ManifestOptions& options, const ManifestEntry& entry,
                  const std::stop_token& stop) {
  for (const LossOptions& losses : LossOptionsOf(manifest, options, entry)) {
    MeasureLosses(losses, stop);
  }
}

/// Scores this process's part of a checkpoint's run.
void RunEntryPart(const Manifest& manifest, const ManifestOptions& options, const ManifestEntry& entry,
                  const std::stop_token& stop) {
  Evaluation evaluation = PrepareEntry(manifest, options, entry);
  if (!options.resume || !IsFinished(evaluation)) {
    std::cout << entry.name << ": part " << ToString(options.place.shard) << " of " << entry.tasks
              << std::endl;
    RunPartOf(evaluation, stop);
  }
  MeasureEntry(manifest, options, entry, stop);
}

/// Whether the parts of an entry's run and losses are joined.
bool IsWhole(const Manifest& manifest, const ManifestOptions& options, const ManifestEntry& entry) {
  const RunFolder folder = RunFolderOf(options, entry);
  return folder.HasLedger() &&
         std::ranges::all_of(LossOptionsOf(manifest, options, entry), [&](const LossOptions& losses) {
           return std::filesystem::exists(folder.losses(losses.compute.model_args));
         });
}

/// Runs one checkpoint unless its run is finished.
RecordedRun RunEntry(const Manifest& manifest, const ManifestOptions& options, const ManifestEntry& entry,
                     const std::stop_token& stop) {
  Evaluation evaluation = PrepareEntry(manifest, options, entry);
  const RunFolder folder = evaluation.folder();
  if (options.resume && IsFinished(evaluation)) {
    std::cout << entry.name << ": done before, " << folder.path().string() << std::endl;
  } else {
    std::cout << entry.name << ": " << entry.tasks << std::endl;
    RunEvaluation(evaluation, stop);
  }
  MeasureEntry(manifest, options, entry, stop);
  RunNotes notes = entry.Notes();
  notes.paper_text = manifest.paper_text;
  notes.untrained = notes.untrained || IsUntrained(evaluation.options.model);
  WriteRunNotes(folder.notes(), notes);
  return ReadRun(folder.path());
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
  for (const ManifestEntry& entry : manifest.checkpoints) {
    ForEntry(entry, [&] { RunEntryPart(manifest, options, entry, stop); });
  }
  // A process that is slower may have joined a run that this one left in parts.
  return std::ranges::all_of(manifest.checkpoints,
                             [&](const ManifestEntry& entry) { return IsWhole(manifest, options, entry); });
}

std::vector<RecordedRun> RunManifest(const Manifest& manifest, const ManifestOptions& options,
                                     const std::stop_token& stop) {
  std::vector<RecordedRun> runs;
  for (const ManifestEntry& entry : manifest.checkpoints) {
    ForEntry(entry, [&] { runs.push_back(RunEntry(manifest, options, entry, stop)); });
  }
  return runs;
}

}  // namespace vffn
