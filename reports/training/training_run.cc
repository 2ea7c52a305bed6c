#include "reports/training/training_run.h"

#include <algorithm>
#include <map>
#include <regex>

#include "base/error.h"
#include "eval/metrics.h"
#include "train/log/metrics_log.h"

namespace vffn {
namespace {

constexpr double kLastShare = 0.05;  // of the steps, for what a run has reached

/// The last `depth` parts of a path, joined by "/".
std::string NameOf(const std::filesystem::path& folder, size_t depth) {
  std::vector<std::string> parts;
  for (const auto& part : folder) {
    if (!part.empty() && part != "/") {
      parts.push_back(part.string());
    }
  }
  std::string name;
  for (size_t i = parts.size() - std::min(depth, parts.size()); i < parts.size(); ++i) {
    name += (name.empty() ? "" : "/") + parts[i];
  }
  return name;
}

/// With as few folders as tell all of them apart.
std::vector<std::string> NamesOf(const std::vector<std::filesystem::path>& folders) {
  for (size_t depth = 1;; ++depth) {
    std::map<std::string, size_t> names;
    std::vector<std::string> list;
    bool longer = false;
    for (const std::filesystem::path& folder : folders) {
      list.push_back(NameOf(folder, depth));
      ++names[list.back()];
      longer = longer || NameOf(folder, depth + 1) != list.back();
    }
    if (names.size() == folders.size()) {
      return list;
    }
    for (size_t i = 0; i < list.size() && !longer; ++i) {
      VFFN_CHECK(names[list[i]] == 1, folders[i].string(), ": the run is given twice");
    }
  }
}

std::string GroupOf(const std::string& name) {
  return std::regex_replace(name, std::regex("[-_ /]seed[-_ ]?[0-9]+$"), "");
}

template <class Value>
std::optional<double> MeanOf(std::span<const LayerMetrics> layers, Value&& value) {
  double sum = 0;
  size_t count = 0;
  for (const LayerMetrics& layer : layers) {
    if (const std::optional<double> found = value(layer)) {
      sum += *found;
      ++count;
    }
  }
  return count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count));
}

void AddTo(std::vector<double>& sums, const std::vector<double>& values) {
  sums.resize(std::max(sums.size(), values.size()));
  for (size_t i = 0; i < values.size(); ++i) {
    sums[i] += values[i];
  }
}

/// The mean of a layer, without its lines that lack something.
LayerMetrics MeanLayer(std::span<const StepMetrics> steps, size_t layer) {
  LayerMetrics mean;
  double loops = 0, lambda = 0;
  for (const StepMetrics& step : steps) {
    const LayerMetrics& metrics = step.layers[layer];
    AddTo(mean.loop_shares, metrics.loop_shares);
    AddTo(mean.expert_load, metrics.expert_load);
    loops += metrics.mean_loops.value_or(0);
    lambda += metrics.mean_lambda.value_or(0);
  }
  const auto count = static_cast<double>(steps.size());
  for (auto* shares : {&mean.loop_shares, &mean.expert_load}) {
    for (double& share : *shares) {
      share /= count;
    }
  }
  const LayerMetrics& last = steps.back().layers[layer];
  mean.mean_loops = last.mean_loops ? std::optional(loops / count) : std::nullopt;
  mean.mean_lambda = last.mean_lambda ? std::optional(lambda / count) : std::nullopt;
  return mean;
}

/// The log lines of the last steps.
std::span<const StepMetrics> LastSteps(const TrainingRun& run) {
  const auto first_step = static_cast<int64_t>((1 - kLastShare) * static_cast<double>(run.steps.back().step));
  const auto first =
      std::ranges::find_if(run.steps, [&](const StepMetrics& metrics) { return metrics.step > first_step; });
  return {first, run.steps.end()};
}

/// Seconds of the steps that a log line stands for: those since the line before.
std::vector<double> SecondsOf(const std::vector<StepMetrics>& steps) {
  std::vector<double> seconds;
  int64_t last = 0;
  for (const StepMetrics& metrics : steps) {
    seconds.push_back(metrics.seconds * static_cast<double>(metrics.step - last));
    last = metrics.step;
  }
  return seconds;
}

void AddSpeed(const TrainingRun& run, TrainingSummary& summary) {
  const std::vector<double> seconds = SecondsOf(run.steps);
  double used = 0, timed = 0;
  for (size_t i = 0; i < run.steps.size(); ++i) {
    summary.seconds += seconds[i];
    if (run.steps[i].utilisation) {
      used += *run.steps[i].utilisation * seconds[i];
      timed += seconds[i];
    }
    summary.peak_bytes = std::max(summary.peak_bytes, run.steps[i].peak_bytes);
  }
  summary.tokens_per_second = summary.seconds > 0 ? static_cast<double>(summary.tokens) / summary.seconds : 0;
  summary.utilisation = timed > 0 ? std::optional(used / timed) : std::nullopt;
}

}  // namespace

std::vector<TrainingRun> ReadTrainingRuns(std::span<const std::filesystem::path> folders) {
  std::vector<std::filesystem::path> absolute;
  for (const std::filesystem::path& folder : folders) {
    absolute.push_back(std::filesystem::absolute(folder / "").lexically_normal());
  }
  const std::vector<std::string> names = NamesOf(absolute);
  std::vector<TrainingRun> runs;
  for (size_t i = 0; i < folders.size(); ++i) {
    TrainingRun run{.name = names[i], .group = GroupOf(names[i]), .steps = ReadMetrics(folders[i])};
    const std::string where = folders[i].string() + "/metrics.jsonl: ";
    VFFN_CHECK(!run.steps.empty(), where, "no step has been logged yet");
    for (const StepMetrics& metrics : run.steps) {
      VFFN_CHECK(metrics.layers.size() == run.steps.back().layers.size(), where, "step ", metrics.step,
                 " has ", metrics.layers.size(), " layers, the last step has ",
                 run.steps.back().layers.size());
    }
    if (std::filesystem::exists(folders[i] / "evaluations.jsonl")) {
      run.evaluations = ReadEvaluations(folders[i]);
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

TrainingSummary Summarize(const TrainingRun& run) {
  const std::span<const StepMetrics> last = LastSteps(run);
  TrainingSummary summary{
      .steps = run.steps.back().step, .tokens = run.steps.back().tokens, .layers = MeanLayers(last)};
  for (const StepMetrics& metrics : last) {
    summary.loss += metrics.loss / static_cast<double>(last.size());
  }
  if (!run.evaluations.empty()) {
    const EvaluationPoint& point = run.evaluations.back();
    summary.evaluated_at = point.step;
    summary.held_out_loss = point.held_out_loss;
    summary.sampled_held_out_loss = point.sampled_held_out_loss;
    summary.bits_per_byte = point.bits_per_byte;
    summary.accuracy = MeanAccuracy(point);
  }
  summary.mean_loops = MeanLoops(summary.layers);
  summary.mean_lambda = MeanLambda(summary.layers);
  summary.heaviest_expert = HeaviestExpert(summary.layers);
  AddSpeed(run, summary);
  return summary;
}

std::optional<double> MeanAccuracy(const EvaluationPoint& point) {
  const auto is_accuracy = [](const std::string& metric) {
    return std::ranges::any_of(
        Metrics(), [&](const MetricFacts& facts) { return facts.accuracy && facts.name == metric; });
  };
  std::map<std::string, double> scores;
  for (const EvaluationPoint::Task& task : point.tasks) {
    if (is_accuracy(task.metric)) {
      scores.try_emplace(task.task, task.score);
    }
  }
  double sum = 0;
  for (const auto& [task, score] : scores) {
    sum += score;
  }
  return scores.empty() ? std::nullopt : std::optional(sum / static_cast<double>(scores.size()));
}

std::vector<LayerMetrics> MeanLayers(std::span<const StepMetrics> steps) {
  std::vector<LayerMetrics> layers;
  for (size_t layer = 0; layer < steps.back().layers.size(); ++layer) {
    layers.push_back(MeanLayer(steps, layer));
  }
  return layers;
}

std::optional<double> MeanLoops(std::span<const LayerMetrics> layers) {
  return MeanOf(layers, [](const LayerMetrics& layer) { return layer.mean_loops; });
}

std::optional<double> MeanLambda(std::span<const LayerMetrics> layers) {
  return MeanOf(layers, [](const LayerMetrics& layer) { return layer.mean_lambda; });
}

std::optional<double> HeaviestExpert(std::span<const LayerMetrics> layers) {
  std::optional<double> heaviest;
  for (const LayerMetrics& layer : layers) {
    if (const auto of_layer = HeaviestExpert(layer)) {
      heaviest = std::max(heaviest.value_or(0), *of_layer);
    }
  }
  return heaviest;
}

std::optional<double> HeaviestExpert(const LayerMetrics& layer) {
  return layer.expert_load.empty() ? std::nullopt
                                   : std::optional(std::ranges::max(layer.expert_load) *
                                                   static_cast<double>(layer.expert_load.size()));
}

}  // namespace vffn
