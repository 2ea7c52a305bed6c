#include "reports/figures/word_layout.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <optional>

#include "base/error.h"

namespace vffn {
namespace {

constexpr double kShrink = 0.94;      // from one attempt to the next
constexpr double kDensest = 0.8;      // share of an area that words can cover: more need not be tried
constexpr double kSpiralStep = 3;     // pixels along the spiral
constexpr double kSpiralPitch = 2.5;  // pixels between its turns
constexpr double kGapX = 4.5;         // least distance between the ink of two words side by side: a space
constexpr double kGapY = 1.5;         // least distance between the ink of two words one below the other

bool Touch(const TextExtent& a, const TextExtent& b) {
  return a.left < b.right + kGapX && b.left < a.right + kGapX && a.top < b.bottom + kGapY &&
         b.top < a.bottom + kGapY;
}

TextExtent MovedTo(const TextExtent& extent, double x, double y) {
  return {
      .left = extent.left + x, .top = extent.top + y, .right = extent.right + x, .bottom = extent.bottom + y};
}

class Placer {
 public:
  explicit Placer(const LayoutArea& area) : area_(area) {}

  /// The first free place on the spiral for ink of this extent, which is then taken.
  std::optional<TextExtent> Place(const TextExtent& ink) {
    const double half_width = (area_.width - ink.width()) / 2;
    const double half_height = (area_.height - ink.height()) / 2;
    if (half_width < 0 || half_height < 0) {
      return std::nullopt;
    }
    // An ellipse as wide as the area; its last turn passes the corners.
    const double aspect = area_.width / area_.height;
    const double last_radius = std::hypot(area_.width / aspect, area_.height) / 2;
    for (double angle = 0, radius = 0; radius <= last_radius;
         angle += kSpiralStep / std::max(radius, kSpiralStep),
                radius = kSpiralPitch * angle / (2 * std::numbers::pi)) {
      const double x = radius * std::cos(angle) * aspect, y = radius * std::sin(angle);
      if (std::abs(x) > half_width || std::abs(y) > half_height) {
        continue;
      }
      const TextExtent centred = MovedTo(ink, -(ink.left + ink.right) / 2, -(ink.top + ink.bottom) / 2);
      const TextExtent placed = MovedTo(centred, area_.width / 2 + x, area_.height / 2 + y);
      if (std::ranges::none_of(taken_, [&](const TextExtent& other) { return Touch(placed, other); })) {
        taken_.push_back(placed);
        return placed;
      }
    }
    return std::nullopt;
  }

 private:
  const LayoutArea& area_;
  std::vector<TextExtent> taken_;
};

struct Attempt {
  std::span<const WeightedWord> words;
  std::span<const size_t> order;
  const LayoutArea& area;
  TextMetrics& metrics;
  double largest;

  double SizeOf(size_t index) const {
    const double size = largest * std::sqrt(words[index].weight / words[order.front()].weight);
    // Whole tenths of pixels: what a specification needs, the same on every machine.
    return std::max(area.least_size, std::floor(size * 10) / 10);
  }

  bool IsHopeless() const {
    double covered = 0;
    for (const size_t index : order) {
      const TextExtent ink = metrics.Measure(words[index].text).ink * SizeOf(index);
      covered += ink.width() * ink.height();
    }
    return covered > kDensest * area.width * area.height;
  }

  WordLayout Run() const {
    WordLayout layout;
    Placer placer(area);
    for (const size_t index : order) {
      const double size = SizeOf(index);
      const TextExtent ink = metrics.Measure(words[index].text).ink * size;
      if (const std::optional<TextExtent> placed = placer.Place(ink); placed.has_value()) {
        layout.words.push_back({.index = index,
                                .x = placed->left - ink.left,
                                .y = placed->top - ink.top,
                                .font_size = size,
                                .ink = *placed});
      } else {
        layout.no_room.push_back(index);
      }
    }
    return layout;
  }
};

}  // namespace

WordLayout LayOutWords(std::span<const WeightedWord> words, const LayoutArea& area, TextMetrics& metrics) {
  std::vector<size_t> order, no_glyphs;
  for (size_t i = 0; i < words.size(); ++i) {
    VFFN_CHECK(words[i].weight > 0 && std::isfinite(words[i].weight), "word cloud: the weight of \"",
               words[i].text, "\" is ", words[i].weight);
    (metrics.Measure(words[i].text).has_glyphs ? order : no_glyphs).push_back(i);
  }
  std::ranges::sort(order, [&](size_t a, size_t b) {
    return words[a].weight != words[b].weight ? words[a].weight > words[b].weight
                                              : words[a].text < words[b].text;
  });
  WordLayout layout;
  if (!order.empty()) {
    Attempt attempt{words, order, area, metrics, area.greatest_size};
    for (;; attempt.largest = std::max(area.least_size, attempt.largest * kShrink)) {
      const bool last = attempt.largest <= area.least_size;
      if (!last && attempt.IsHopeless()) {
        continue;
      }
      layout = attempt.Run();
      if (last || layout.no_room.empty()) {
        break;
      }
    }
  }
  layout.no_glyphs = std::move(no_glyphs);
  return layout;
}

}  // namespace vffn
