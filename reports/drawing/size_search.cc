#include "reports/drawing/size_search.h"

#include <cmath>

#include "base/error.h"
#include "reports/figures/figure_files.h"
#include "reports/figures/temporary_drawing.h"

namespace vffn {
namespace {

constexpr int kMostDrawings = 10;
constexpr double kLeastStretch = 0.25;

/// Whether a size is what was asked for, after so many attempts. Plots beside each other have whole pixels
/// each, so that some sizes cannot be met: then it is a little less.
bool IsMet(double measured, const std::optional<double>& target, int attempts) {
  constexpr double kClose = 0.75, kLess = 4;
  constexpr int kExact = 4;
  return !target || std::abs(measured - *target) <= kClose ||
         (attempts > kExact && measured < *target && measured > *target - kLess);
}

}  // namespace

void SizeSearch::Update(double measured, double target) {
  constexpr double kMeasurable = 4, kMostPlots = 8;  // pixels; sizes are rounded to whole ones
  if (last_ && std::abs(measured - last_->second) >= kMeasurable) {
    // A title that gets another line is no slope.
    const double slope = (measured - last_->second) / (value_ - last_->first);
    slope_ = slope > slope_ / 2 && slope < kMostPlots * slope_ ? slope : slope_;
  }
  last_ = {value_, measured};
  value_ += (target - measured) / slope_;
}

Figure DrawInSize(const std::function<Figure(const FigureStyle&)>& draw, FigureStyle style,
                  const FigureSize& size) {
  style.width = size.width;
  Figure figure = draw(style);
  if (!size.width && !size.height) {
    return figure;
  }
  const TemporaryDrawing drawing;
  std::pair<double, double> measured = MeasureFigure(figure, drawing.folder());
  SizeSearch width(0, 1), height(1, 0.6 * measured.second);
  for (int i = 1; i < kMostDrawings; ++i) {
    if (IsMet(measured.first, size.width, i) && IsMet(measured.second, size.height, i)) {
      break;
    }
    if (size.width) {
      width.Update(measured.first, *size.width);
      style.more_width = std::floor(4 * width.value()) / 4;
    }
    if (size.height) {
      height.Update(measured.second, *size.height);
      style.stretch = height.value();
      VFFN_CHECK(
          style.stretch >= kLeastStretch, "--height: ", *size.height * 25.4 / 96,
          " mm leave hardly any room for the plots beside titles, axes and legends; make it higher, or the "
          "font smaller");
    }
    figure = draw(style);
    measured = MeasureFigure(figure, drawing.folder());
  }
  return figure;
}

}  // namespace vffn
