#include "reports/figures/label_layout.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vffn {
namespace {

constexpr double kMarker = 4.5;  // half the size of a point, with some air
constexpr double kBar = 1.5;

double Overlap(const TextExtent& a, const TextExtent& b) {
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

std::vector<TextExtent> ObstaclesOf(std::span<const LabelledPoint> points) {
  std::vector<TextExtent> obstacles;
  for (const LabelledPoint& point : points) {
    obstacles.push_back({point.x - kMarker, point.y - kMarker, point.x + kMarker, point.y + kMarker});
    obstacles.push_back({point.left - kBar, point.y - kBar, point.right + kBar, point.y + kBar});
    obstacles.push_back({point.x - kBar, point.top - kBar, point.x + kBar, point.bottom + kBar});
  }
  return obstacles;
}

}  // namespace

std::vector<PlacedLabel> PlaceLabels(std::span<const LabelledPoint> points, double width, double height,
                                     double font_size, TextMetrics& metrics) {
  std::vector<TextExtent> taken = ObstaclesOf(points);
  std::vector<PlacedLabel> labels;
  for (const LabelledPoint& point : points) {
    const double advance = metrics.Width(point.label, font_size);
    const double ascent = 0.75 * font_size, descent = 0.22 * font_size;
    double least = INFINITY;
    PlacedLabel best;
    // Rings of growing distance; on each, to the right first, then round.
    for (double distance = 6; distance <= 60 && least > 0; distance += 4) {
      for (int step = 0; step < 16 && least > 0; ++step) {
        const double angle = (step % 2 == 0 ? -1 : 1) * (step + 1) / 2 * std::numbers::pi / 8 - 0.4;
        const double away_x = std::cos(angle), away_y = std::sin(angle);
        const double left = point.x + distance * away_x + (away_x - 1) / 2 * advance;
        const double middle = point.y + distance * away_y + (away_y < 0 ? -1 : 1) * std::abs(away_y) * 2;
        const TextExtent box = {left, middle - (ascent + descent) / 2, left + advance,
                                middle + (ascent + descent) / 2};
        double cost = 0;
        for (const TextExtent& other : taken) {
          cost += Overlap(box, other);
        }
        cost += 10 * (std::max(0.0, -box.left) + std::max(0.0, box.right - width) + std::max(0.0, -box.top) +
                      std::max(0.0, box.bottom - height));
        if (cost < least) {
          least = cost;
          best = {.x = box.left, .y = box.bottom - descent, .line = distance > 14, .box = box};
        }
      }
    }
    taken.push_back(best.box);
    labels.push_back(best);
  }
  return labels;
}

}  // namespace vffn
