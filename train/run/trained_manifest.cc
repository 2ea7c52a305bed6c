#include "train/run/trained_manifest.h"

#include <iostream>

#include "base/error.h"
#include "base/json.h"
#include "base/progress.h"
#include "runs/folders/output_check.h"
#include "train/data/training_data.h"
#include "train/run/run_start.h"
#include "train/run/start_weights.h"
#include "train/run/trainer.h"

namespace vffn {
namespace {

TrainingConfig ConfigOf(const Manifest& manifest, const ManifestOptions& options,
                        const ManifestEntry& entry) {
  Json json = ParseJson(entry.training->config, entry.where);
  if (!entry.training->continues.empty()) {
    const ManifestEntry& start = *FindEntry(manifest, entry.training->continues);
    json["from"] = std::filesystem::absolute(ModelOf(manifest, options, start)).string();
  }
  return ParseTrainingConfig(json, entry.where, std::filesystem::absolute(manifest.file).parent_path());
}

/// What decides the trained weights: a configuration without the places of files, which may move, and without
/// what is merely observed.
Json WhatDecides(Json config) {
  for (const char* field :
       {"from", "tokenizer", "device", "threads", "micro_batch", "log_every", "checkpoints", "evaluation"}) {
    config.erase(field);
  }
  config["data"].erase("train");
  config["data"].erase("held_out");
  return config;
}

/// Whether the run has ended. Throws Error if it was made with another configuration.
bool IsTrained(const Manifest& manifest, const ManifestOptions& options, const ManifestTrainingRun& run) {
  if (!std::filesystem::exists(ModelOf(manifest, options, *run.entry))) {
    return false;
  }
  const std::filesystem::path file = run.output / "config.json";
  const Json before = WhatDecides(ReadJsonFile(file));
  const Json now = WhatDecides(ParseJson(ToJson(run.config).dump(), file.string()));
  VFFN_CHECK(before == now, file.string(), ": the checkpoint was trained with another configuration (",
             Json::diff(before, now).dump(), "); choose another --output or remove ", run.output.string());
  return true;
}

}  // namespace

std::vector<ManifestTrainingRun> TrainingRunsOf(const Manifest& manifest, const ManifestOptions& options) {
  std::vector<ManifestTrainingRun> runs;
  for (const ManifestEntry& entry : manifest.checkpoints) {
    if (entry.training) {
      ForEntry(entry, [&] {
        runs.push_back({&entry, ConfigOf(manifest, options, entry), TrainingFolderOf(options, entry)});
      });
    }
  }
  return runs;
}

void CheckTraining(const Manifest& manifest, const ManifestOptions& options, const ManifestEntry& entry,
                   SettingFaults& faults) {
  if (!entry.training) {
    return;
  }
  ManifestTrainingRun run{.entry = &entry, .output = TrainingFolderOf(options, entry)};
  if (!faults.Try("train", [&] { run.config = ConfigOf(manifest, options, entry); })) {
    return;
  }
  bool trained = false;
  const bool same = faults.Try("train", [&] { trained = IsTrained(manifest, options, run); });
  if (!same || trained) {
    return;
  }
  const DataConfig& data = run.config.data;
  faults.Try("train", [&] { TokenSequences(data.train, data.dtype, data.sequence_length); });
  if (!data.held_out.empty()) {
    faults.Try("train", [&] { TokenSequences(data.held_out, data.dtype, data.sequence_length); });
  }
  faults.Try("train", [&] { FindStartTokenizer(run.config.start); });
  faults.Try("output", [&] { CheckWritable(run.output, 0); });
  if (!options.resume) {
    faults.Try("output", [&] { CheckNoRun(run.output); });
  }
}

void TrainManifest(const Manifest& manifest, const ManifestOptions& options, const std::stop_token& stop) {
  for (const ManifestTrainingRun& run : TrainingRunsOf(manifest, options)) {
    ForEntry(*run.entry, [&] {
      if (IsTrained(manifest, options, run)) {
        std::cout << run.entry->name << ": trained before, " << run.output.string() << std::endl;
        return;
      }
      std::cout << run.entry->name << ": training, " << run.config.steps << " steps" << std::endl;
      Progress progress;
      Train({.config = run.config,
             .output = run.output,
             .resume = options.resume,
             .program = options.program,
             .stop = stop,
             .progress = &progress});
    });
  }
}

}  // namespace vffn
