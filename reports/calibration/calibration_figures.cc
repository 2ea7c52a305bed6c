#include "reports/calibration/calibration_figures.h"

#include <map>

#include "reports/figures/reliability_figure.h"
#include "reports/tables/number_text.h"

namespace vffn {

ReliabilityPanel ReliabilityPanelOf(const std::string& title, const Calibration& calibration) {
  ReliabilityPanel panel{.title = title};
  for (const CalibrationBin& bin : calibration.bins) {
    panel.bins.push_back({.confidence = bin.confidence,
                          .accuracy = bin.accuracy,
                          .low = bin.interval.low,
                          .high = bin.interval.high,
                          .questions = bin.questions});
  }
  return panel;
}

std::string ReliabilityCaption(const std::string& model, Metric metric, const CalibrationOptions& options) {
  return model + ": accuracy of answers against their confidence under " + std::string(FactsOf(metric).name) +
         ", in " + std::to_string(options.bins) + " bins of equal " + std::string(NameOf(options.binning)) +
         ". Bars: " + FixedText(100 * options.confidence, 0) +
         " % intervals (Wilson); the area of a point is the share of questions; dashed: calibrated.";
}

std::vector<Figure> ReliabilityFigures(const Results& results, const std::string& model) {
  std::map<Metric, ReliabilityFigure> by_metric;
  for (const TaskResults& task : results.tasks) {
    for (const MetricCalibration& one : task.calibrations) {
      ReliabilityFigure& figure = by_metric[one.metric];
      figure.name = "reliability-" + std::string(FactsOf(one.metric).name);
      figure.caption = ReliabilityCaption(model, one.metric, one.calibration.options);
      figure.panels.push_back(ReliabilityPanelOf(task.task.name, one.calibration));
    }
  }
  std::vector<Figure> figures;
  for (const auto& [metric, figure] : by_metric) {
    figures.push_back(MakeFigure(figure));
  }
  return figures;
}

}  // namespace vffn
