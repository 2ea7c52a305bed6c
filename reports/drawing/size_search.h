// Finds what makes a picture as large as asked: sizes of plots are set, the size of the whole is measured.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "reports/figures/figure.h"
#include "reports/figures/figure_style.h"

namespace vffn {

/// One dimension: `value` changes what is measured nearly linearly.
class SizeSearch {
 public:
  SizeSearch(double value, double slope) : value_(value), slope_(slope) {}

  double value() const { return value_; }

  /// Moves the value to where the target should be measured.
  void Update(double measured, double target);

 private:
  double value_, slope_;
  std::optional<std::pair<double, double>> last_;
};

/// Width and height in pixels of 1/96 inch; absent: as the figure has it by itself.
struct FigureSize {
  std::optional<double> width, height;
};

/// The figure in a size to within a pixel; several plots beside each other may take up to four less. Throws
/// Error, naming the least possible, if there is no room.
Figure DrawInSize(const std::function<Figure(const FigureStyle&)>& draw, FigureStyle style,
                  const FigureSize& size);

}  // namespace vffn
