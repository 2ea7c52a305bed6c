#include "reports/training/training_smoothing.h"

#include <algorithm>
#include <cmath>

namespace vffn {
namespace {

constexpr size_t kStretches = 150;
constexpr double kReach = 0.05;     // of the range of x, to either side
constexpr size_t kLeastPoints = 3;  // to either side, where there are so many

/// Sums of a weighted regression of y on x - center.
struct Sums {
  double w = 0, x = 0, y = 0, xx = 0, xy = 0;

  void Add(double weight, double dx, double value) {
    w += weight;
    x += weight * dx;
    y += weight * value;
    xx += weight * dx * dx;
    xy += weight * dx * value;
  }

  /// The line's value at the center; the mean where there is no line.
  double Value() const {
    const double determinant = w * xx - x * x;
    return determinant > 1e-12 * w * xx ? (xx * y - x * xy) / determinant : y / w;
  }
};

/// How far the window reaches from a point.
double ReachAt(std::span<const CurvePoint> points, size_t center) {
  const size_t left = center - std::min(center, kLeastPoints),
               right = std::min(center + kLeastPoints, points.size() - 1);
  const double range = points.back().x - points.front().x;
  return std::max({kReach * range, points[center].x - points[left].x, points[right].x - points[center].x});
}

double SmoothedAt(std::span<const CurvePoint> points, size_t center) {
  const double at = points[center].x, reach = ReachAt(points, center) * (1 + 1e-9);
  const auto first = std::ranges::lower_bound(points, at - reach, {}, &CurvePoint::x);
  const auto last = std::ranges::upper_bound(points, at + reach, {}, &CurvePoint::x);
  Sums sums;
  double low = points[center].y, high = low;
  for (auto point = first; point != last; ++point) {
    const double distance = std::abs(point->x - at) / reach;
    sums.Add(std::pow(1 - std::pow(distance, 3), 3), point->x - at, point->y);
    low = std::min(low, point->y);
    high = std::max(high, point->y);
  }
  return std::clamp(sums.Value(), low, high);
}

}  // namespace

std::vector<CurvePoint> Smoothed(std::span<const CurvePoint> points) {
  std::vector<CurvePoint> smoothed;
  if (points.size() < 3) {
    return {points.begin(), points.end()};
  }
  const size_t count = std::min(kStretches, points.size());
  for (size_t i = 0; i < count; ++i) {
    const size_t center = i * (points.size() - 1) / (count - 1);
    smoothed.push_back({points[center].x, SmoothedAt(points, center)});
  }
  return smoothed;
}

std::vector<CurvePoint> Thinned(std::span<const CurvePoint> points) {
  if (points.size() <= 2 * kStretches) {
    return {points.begin(), points.end()};
  }
  std::vector<CurvePoint> thinned;
  for (size_t i = 0; i < kStretches; ++i) {
    const size_t first = i * points.size() / kStretches, end = (i + 1) * points.size() / kStretches;
    const auto stretch = points.subspan(first, end - first);
    auto [least, greatest] = std::ranges::minmax_element(stretch, {}, &CurvePoint::y);
    if (greatest < least) {
      std::swap(least, greatest);
    }
    thinned.push_back(*least);
    if (greatest != least) {
      thinned.push_back(*greatest);
    }
  }
  return thinned;
}

}  // namespace vffn
