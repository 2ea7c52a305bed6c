#include "runs/manifests/entry_options.h"

#include <algorithm>
#include <utility>

namespace vffn {
namespace {

/// "2 of 12".
RunItem ItemOf(const Manifest& manifest, const ManifestEntry& entry) {
  const auto place = std::ranges::find(manifest.checkpoints, entry.name, &ManifestEntry::name);
  return {.number = place - manifest.checkpoints.begin() + 1,
          .count = static_cast<int64_t>(manifest.checkpoints.size())};
}

}  // namespace

EvaluationOptions EvaluationOptionsOf(const Manifest& manifest, const ManifestOptions& options,
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
                               .overwrite = options.overwrite,
                               .item = ItemOf(manifest, entry),
                               .shard = options.place.shard,
                               .program = options.program};
  evaluation.compute.model_args = entry.model_args;
  evaluation.compute.dtype = entry.dtype;
  evaluation.compute.device = manifest.device;
  ShareMachine(options.place, evaluation.compute, evaluation.workers);
  return evaluation;
}

TraceFlags TraceOf(const ManifestOptions& options, const ManifestEntry& entry, const ModelConfig& config) {
  if (!entry.trace || TraceShapeOf(config, false).layers == 0) {
    return {};
  }
  return {.folder = RunFolderOf(options, entry).trace().string(),
          .branches = entry.trace_branches,
          .features = entry.trace_features,
          .layers = entry.trace_layers};
}

Evaluation PrepareEntry(const Manifest& manifest, const ManifestOptions& options,
                        const ManifestEntry& entry) {
  Evaluation evaluation =
      PrepareEvaluation(EvaluationOptionsOf(manifest, options, entry), Loading::kWhenNeeded);
  evaluation.options.trace = TraceOf(options, entry, evaluation.checkpoint->config());
  return evaluation;
}

std::vector<LossOptions> LossOptionsOf(const Manifest& manifest, const ManifestOptions& options,
                                       const ManifestEntry& entry) {
  std::vector<LossOptions> all;
  if (!manifest.HasHeldOut()) {
    return all;
  }
  const EvaluationOptions evaluation = EvaluationOptionsOf(manifest, options, entry);
  std::vector<std::string> controls = {""};
  controls.insert(controls.end(), entry.controls.begin(), entry.controls.end());
  for (const std::string& control : controls) {
    LossOptions& losses = all.emplace_back(LossOptions{.model = evaluation.model,
                                                       .tokenizer = evaluation.tokenizer,
                                                       .tokens = manifest.held_out.string(),
                                                       .window = manifest.held_out_window,
                                                       .output_path = evaluation.output_path,
                                                       .compute = evaluation.compute,
                                                       .limit = manifest.held_out_limit,
                                                       .workers = evaluation.workers,
                                                       .item = evaluation.item,
                                                       .resume = evaluation.resume,
                                                       .overwrite = evaluation.overwrite,
                                                       .shard = evaluation.shard,
                                                       .program = evaluation.program});
    losses.compute.model_args = entry.ArgsWith(control);
    if (!manifest.held_out_text.empty()) {
      losses.text.paths = {manifest.held_out_text.string()};
    }
  }
  return all;
}

}  // namespace vffn
