// The logs of a training run, and what a report says about them.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "train/log/step_metrics.h"

namespace vffn {

struct TrainingRun {
  std::string name;                ///< of its folder, with folders above it where two runs have the same name
  std::string group;               ///< the name without "-seed3": runs of one group have the same colour
  std::vector<StepMetrics> steps;  ///< at least one
  std::vector<EvaluationPoint> evaluations;  ///< may be empty
};

/// Reads the folders of runs. Throws Error, naming the file, if a run has no metrics.jsonl or no step in it,
/// as ReadMetrics, or if a folder is given twice.
std::vector<TrainingRun> ReadTrainingRuns(std::span<const std::filesystem::path> folders);

/// What a run has reached. Means are over the last 5 % of its steps, at least over one logged step.
struct TrainingSummary {
  int64_t steps = 0, tokens = 0;  ///< at the last logged step
  double loss = 0;
  std::optional<int64_t> evaluated_at;  ///< step of the last evaluation
  std::optional<double> held_out_loss, sampled_held_out_loss, bits_per_byte;
  std::optional<double> accuracy;                 ///< MeanAccuracy
  std::optional<double> mean_loops, mean_lambda;  ///< mean over layers
  std::optional<double> heaviest_expert;          ///< greatest load over 1/N in any layer; 1: balanced
  double tokens_per_second = 0;                   ///< of the whole run: tokens / hours
  std::optional<double> utilisation;              ///< mean of the whole run
  double seconds = 0;                             ///< of all steps
  int64_t peak_bytes = 0;
  std::vector<LayerMetrics> layers;  ///< [layers]
};

TrainingSummary Summarize(const TrainingRun& run);

/// Mean over the tasks that have an accuracy, each by the first accuracy that it lists; a fraction. Nothing
/// without such a task.
std::optional<double> MeanAccuracy(const EvaluationPoint& point);

/// Mean of each layer over consecutive log lines; weights are equal.
std::vector<LayerMetrics> MeanLayers(std::span<const StepMetrics> steps);

// Over the layers of a log line; nothing if its FFNs have no such thing.
std::optional<double> MeanLoops(std::span<const LayerMetrics> layers);
std::optional<double> MeanLambda(std::span<const LayerMetrics> layers);
std::optional<double> HeaviestExpert(std::span<const LayerMetrics> layers);

/// Greatest load over 1/N of one layer; nothing without experts.
std::optional<double> HeaviestExpert(const LayerMetrics& layer);

}  // namespace vffn
