#include "flops/formula_inversion.h"

#include <algorithm>
#include <vector>

#include "base/error.h"

namespace vffn {
namespace {

struct Point {
  double mean_loops, share;
};

/// Where per_loop * N_mean + per_share * P <= bound.
struct HalfPlane {
  double per_loop, per_share, bound;

  double Excess(const Point& p) const { return per_loop * p.mean_loops + per_share * p.share - bound; }
};

std::vector<Point> Clip(const std::vector<Point>& polygon, const HalfPlane& plane) {
  std::vector<Point> clipped;
  for (size_t i = 0; i < polygon.size(); ++i) {
    const Point& here = polygon[i];
    const Point& next = polygon[(i + 1) % polygon.size()];
    const double a = plane.Excess(here);
    const double b = plane.Excess(next);
    if (a <= 0) {
      clipped.push_back(here);
    }
    if ((a < 0 && b > 0) || (a > 0 && b < 0)) {
      const double t = a / (a - b);
      clipped.push_back({here.mean_loops + t * (next.mean_loops - here.mean_loops),
                         here.share + t * (next.share - here.share)});
    }
  }
  return clipped;
}

}  // namespace

std::optional<PossibleAverages> InvertFormula(const FormulaCells& cells, int64_t max_loops) {
  VFFN_CHECK(cells.base.low > 0 && cells.base.high <= cells.moe.high && cells.base.low <= cells.moe.low,
             "Base must be positive and no more than MoE");
  VFFN_CHECK(max_loops >= 1, "the most loops are ", max_loops, ", should be at least 1");
  const auto most = static_cast<double>(max_loops);
  std::vector<Point> possible = {{most, 0}};
  if (max_loops > 1) {
    possible = {{most, 0}, {most - 1, 1}, {1, 1}};
  }
  // value = Base (N_mean - P) + MoE P, with no factor negative: it grows with Base and with MoE, and takes
  // every value between those at their low and at their high ends.
  possible = Clip(possible, {cells.base.low, cells.moe.low - cells.base.low, cells.value.high});
  possible = Clip(possible, {-cells.base.high, -(cells.moe.high - cells.base.high), -cells.value.low});
  if (possible.empty()) {
    return std::nullopt;
  }
  const auto range = [&](double Point::*member) {
    const auto [low, high] = std::ranges::minmax(possible, {}, member);
    return Interval{low.*member, high.*member};
  };
  return PossibleAverages{range(&Point::mean_loops), range(&Point::share)};
}

}  // namespace vffn
