#include "reports/figures/figure_style.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "reports/figures/text_metrics.h"

namespace vffn {

std::vector<size_t> LayerTicks(size_t layers, double width) {
  constexpr double kLabelPitch = 16;
  const auto step = static_cast<size_t>(std::ceil(static_cast<double>(layers) * kLabelPitch / width));
  std::vector<size_t> ticks;
  for (size_t layer = 0; layer < layers; layer += std::max<size_t>(1, step)) {
    ticks.push_back(layer);
  }
  return ticks;
}

std::vector<std::string> PanelTitle(const std::string& text, double width, Figure& figure) {
  constexpr double kBold = 1.1;  // how much wider than the regular face that is measured
  TextMetrics metrics;
  std::vector<std::string> lines = metrics.Wrap(text, width, kPanelSize * kBold);
  figure.texts.insert(figure.texts.end(), lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> ShortLabels(const std::vector<std::string>& texts, double width) {
  constexpr double kMarkRoom = 6;
  TextMetrics metrics;
  std::vector<std::string> labels;
  for (const std::string& text : texts) {
    std::string label = metrics.Shorten(text, width - kMarkRoom, kLabelSize);
    while (std::ranges::find(labels, label) != labels.end()) {
      label += "'";
    }
    labels.push_back(std::move(label));
  }
  return labels;
}

std::vector<std::string> SeriesOf(const std::vector<std::string>& names, const std::string& figure) {
  std::vector<std::string> series;
  for (const std::string& name : names) {
    if (std::ranges::find(series, name) == series.end()) {
      series.push_back(name);
    }
  }
  VFFN_CHECK(series.size() <= kMostSeries, figure, ": ", series.size(), " series, but only ", kMostSeries,
             " colours that can be told apart");
  return series;
}

}  // namespace vffn
