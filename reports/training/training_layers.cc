#include <algorithm>
#include <cmath>

#include "reports/figures/expert_load_figure.h"
#include "reports/figures/layer_history_figure.h"
#include "reports/training/training_report.h"

namespace vffn {
namespace {

constexpr size_t kMostStretches = 60;

/// The layers of a run in consecutive stretches of its training.
struct LayerHistory {
  std::vector<double> bounds;                     ///< [stretches + 1], steps
  std::vector<std::vector<LayerMetrics>> layers;  ///< [stretches][layers]
};

LayerHistory HistoryOf(const TrainingRun& run) {
  LayerHistory history{.bounds = {0}};
  const size_t lines = run.steps.size(), stretches = std::min(kMostStretches, lines);
  for (size_t i = 0; i < stretches; ++i) {
    const size_t first = i * lines / stretches, end = (i + 1) * lines / stretches;
    history.layers.push_back(MeanLayers(std::span(run.steps).subspan(first, end - first)));
    history.bounds.push_back(static_cast<double>(run.steps[end - 1].step));
  }
  return history;
}

/// The values of one panel; nothing if a layer has no value.
template <class Value>
std::vector<std::vector<double>> PanelValues(const LayerHistory& history, Value&& value) {
  std::vector<std::vector<double>> values;
  for (const std::vector<LayerMetrics>& layers : history.layers) {
    std::vector<double>& row = values.emplace_back();
    for (const LayerMetrics& layer : layers) {
      const std::optional<double> found = value(layer);
      if (!found) {
        return {};
      }
      row.push_back(*found);
    }
  }
  return values;
}

double Greatest(const std::vector<std::vector<double>>& values) {
  double greatest = 0;
  for (const std::vector<double>& row : values) {
    greatest = std::max(greatest, std::ranges::max(row));
  }
  return greatest;
}

std::vector<LayerHistoryPanel> HistoryPanels(const LayerHistory& history) {
  std::vector<LayerHistoryPanel> panels;
  const auto loops = PanelValues(history, [](const LayerMetrics& layer) { return layer.mean_loops; });
  if (!loops.empty()) {
    const auto most = static_cast<double>(history.layers[0][0].loop_shares.size());
    panels.push_back(
        {.title = "mean loops", .values = loops, .low = 1, .high = std::max({most, 2.0, Greatest(loops)})});
  }
  const auto lambda = PanelValues(history, [](const LayerMetrics& layer) { return layer.mean_lambda; });
  if (!lambda.empty()) {
    panels.push_back({.title = "mean lambda", .values = lambda, .low = 0, .high = 1});
  }
  const auto heaviest = PanelValues(history, [](const LayerMetrics& layer) { return HeaviestExpert(layer); });
  if (!heaviest.empty()) {
    panels.push_back({.title = "heaviest expert, load x N",
                      .values = heaviest,
                      .low = 1,
                      .high = std::max(2.0, std::ceil(Greatest(heaviest)))});
  }
  return panels;
}

/// Rounding of the log may take a mean or a share a little out of its range.
void Tidy(LayerHistory& history) {
  for (std::vector<LayerMetrics>& layers : history.layers) {
    for (LayerMetrics& layer : layers) {
      double sum = 0;
      for (const double share : layer.loop_shares) {
        sum += share;
      }
      for (double& share : layer.loop_shares) {
        share /= sum;
      }
      if (layer.mean_loops) {
        layer.mean_loops = std::max(1.0, *layer.mean_loops);
      }
    }
  }
}

Figure SharesFigure(const TrainingRun& run, const LayerHistory& history, const std::string& name,
                    const FigureStyle& style) {
  LoopSharesFigure figure{
      .name = "training-loops-" + name,
      .caption = "Loop counts of the depth branch during training of " + run.name +
                 ": share of tokens that drew 1, 2, ... loops in each layer, mean over up "
                 "to 60 stretches of the run.",
      .x_title = "step",
      .bounds = history.bounds};
  for (const std::vector<LayerMetrics>& layers : history.layers) {
    auto& shares = figure.shares.emplace_back();
    for (const LayerMetrics& layer : layers) {
      shares.push_back(layer.loop_shares);
    }
  }
  return MakeFigure(figure, style);
}

Figure LoadFigure(const TrainingRun& run, const std::string& name, const FigureStyle& style) {
  ExpertLoadFigure figure{
      .caption = "Load of experts of " + run.name +
                 ", mean over the last 5 % of the steps: share of the routed pairs of "
                 "token and expert. Entropy: of the shares, over its maximum; 1 is balanced.",
      .model = run.name};
  for (const LayerMetrics& layer : Summarize(run).layers) {
    double sum = 0, entropy = 0;
    for (const double share : layer.expert_load) {
      sum += share;
    }
    auto& shares = figure.shares.emplace_back();
    for (const double load : layer.expert_load) {
      const double share = sum > 0 ? load / sum : 0;
      shares.push_back(share);
      entropy -= share > 0 ? share * std::log(share) : 0;
    }
    figure.entropy.push_back(
        shares.size() > 1 ? std::clamp(entropy / std::log(static_cast<double>(shares.size())), 0.0, 1.0) : 1);
  }
  Figure drawn = MakeFigure(figure, style);
  drawn.name = "training-experts-" + name;
  return drawn;
}

}  // namespace

std::vector<Figure> TrainingLayerFigures(const TrainingRun& run, const std::string& name,
                                         const FigureStyle& style) {
  std::vector<Figure> figures;
  if (run.steps.back().layers.empty()) {
    return figures;
  }
  LayerHistory history = HistoryOf(run);
  Tidy(history);
  if (std::vector<LayerHistoryPanel> panels = HistoryPanels(history); !panels.empty()) {
    figures.push_back(MakeFigure(
        LayerHistoryFigure{
            .name = "training-layers-" + name,
            .caption =
                "Layers of " + run.name +
                " during training: loops drawn in training, weight of the width branch, and the greatest "
                "load of an expert over 1/N (1: balanced), each as far as the model has it. Means over up "
                "to 60 stretches of the run.",
            .x_title = "step",
            .bounds = history.bounds,
            .panels = std::move(panels)},
        style));
  }
  const LayerMetrics& layer = run.steps.back().layers.front();
  if (!layer.loop_shares.empty()) {
    figures.push_back(SharesFigure(run, history, name, style));
  }
  if (!layer.expert_load.empty()) {
    figures.push_back(LoadFigure(run, name, style));
  }
  return figures;
}

}  // namespace vffn
