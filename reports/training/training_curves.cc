#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "base/error.h"
#include "reports/figures/curves_figure.h"
#include "reports/figures/figure_style.h"
#include "reports/training/training_report.h"
#include "reports/training/training_smoothing.h"

namespace vffn {
namespace {

constexpr double kBeginning = 0.1;  // of a run, where the loss may leave its panel

/// The horizontal axis.
struct TrainingAxis {
  std::string title;
  double per = 1;      ///< tokens in a unit
  bool tokens = true;  ///< else steps

  template <class Line>
  double Of(const Line& line) const {
    return tokens ? static_cast<double>(line.tokens) / per : static_cast<double>(line.step);
  }
};

TrainingAxis AxisOf(std::span<const TrainingRun> runs) {
  if (runs.size() == 1) {
    return {.title = "step", .tokens = false};
  }
  int64_t most = 0;
  for (const TrainingRun& run : runs) {
    most = std::max(most, run.steps.back().tokens);
  }
  constexpr double kBillion = 1e9;
  const bool billions = static_cast<double>(most) >= kBillion;
  return {.title = billions ? "training tokens (billions)" : "training tokens (millions)",
          .per = billions ? kBillion : 1e6};
}

template <class Line>
using ValueOf = std::function<std::optional<double>(const Line&)>;

template <class Line>
std::vector<CurvePoint> PointsOf(const std::vector<Line>& lines, const TrainingAxis& axis,
                                 const ValueOf<Line>& value) {
  std::vector<CurvePoint> points;
  for (const Line& line : lines) {
    if (const auto found = value(line)) {
      points.push_back({axis.Of(line), *found});
    }
  }
  return points;
}

using Lines = std::vector<std::vector<CurvePoint>>;  // of each run; empty without values

template <class Line>
Lines LinesOf(std::span<const TrainingRun> runs, std::vector<Line> TrainingRun::*lines,
              const TrainingAxis& axis, const ValueOf<Line>& value) {
  Lines all;
  for (const TrainingRun& run : runs) {
    all.push_back(PointsOf<Line>(run.*lines, axis, value));
  }
  return all;
}

/// Each line less the first one, where both have a value at the same x; the first one is empty.
Lines LessTheFirst(Lines lines) {
  constexpr double kDecimals = 1e6;  // equal differences stay equal
  const std::vector<CurvePoint> first = lines[0];
  for (std::vector<CurvePoint>& line : lines) {
    std::vector<CurvePoint> differences;
    for (const CurvePoint& point : line) {
      const auto other = std::ranges::lower_bound(first, point.x, {}, &CurvePoint::x);
      if (other != first.end() && other->x == point.x) {
        differences.push_back({point.x, std::round((point.y - other->y) * kDecimals) / kDecimals});
      }
    }
    line = std::move(differences);
  }
  lines[0].clear();
  return lines;
}

/// "4-loop: 2,000 steps", or "3 runs".
std::string NoteOf(std::span<const TrainingRun> runs) {
  return runs.size() > 1 ? std::to_string(runs.size()) + " runs"
                         : runs[0].name + ": " + std::to_string(runs[0].steps.back().step) + " steps, " +
                               std::to_string(runs[0].steps.back().tokens) + " tokens";
}

/// The panels of a figure, without those for which no run has a value.
class Panels {
 public:
  Panels(std::span<const TrainingRun> runs, TrainingAxis axis, const FigureStyle& style)
      : runs_(runs), axis_(std::move(axis)), style_(style) {}

  enum class Drawing {
    kExact,     ///< as logged
    kSmoothed,  ///< with the logged values behind
    kMarked,    ///< as logged, with a mark at every value
  };

  /// Null if no run has a value.
  CurvesPanel* Add(const std::string& title, Drawing drawing, const Lines& lines) {
    CurvesPanel panel{.x_title = axis_.title, .y_title = title, .marks = drawing == Drawing::kMarked};
    for (size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].empty()) {
        continue;
      }
      Curve& curve = panel.curves.emplace_back(Curve{.name = runs_[i].group});
      const bool smoothed = drawing == Drawing::kSmoothed;
      curve.points = smoothed ? Smoothed(lines[i]) : Thinned(lines[i]);
      curve.raw = smoothed ? Thinned(lines[i]) : std::vector<CurvePoint>();
    }
    return panel.curves.empty() ? nullptr : &panels_.emplace_back(std::move(panel));
  }

  CurvesPanel* AddSteps(const std::string& title, Drawing drawing, const ValueOf<StepMetrics>& value) {
    return Add(title, drawing, LinesOf(runs_, &TrainingRun::steps, axis_, value));
  }

  CurvesPanel* AddEvaluations(const std::string& title, const ValueOf<EvaluationPoint>& value) {
    return Add(title, Drawing::kMarked, LinesOf(runs_, &TrainingRun::evaluations, axis_, value));
  }

  std::vector<Figure> Draw(const std::string& name, const std::string& caption) && {
    if (panels_.empty()) {
      return {};
    }
    CurvesFigure figure{.name = name, .caption = caption, .panels = std::move(panels_)};
    for (const TrainingRun& run : runs_) {
      figure.names.push_back(run.group);
    }
    figure.note = NoteOf(runs_);
    return {MakeFigure(figure, style_)};
  }

 private:
  std::span<const TrainingRun> runs_;
  TrainingAxis axis_;
  const FigureStyle& style_;
  std::vector<CurvesPanel> panels_;
};

using Drawing = Panels::Drawing;

/// Ends a panel of losses at the greatest value that a curve has after the beginning.
void CutBeginning(CurvesPanel* panel) {
  if (panel == nullptr) {
    return;
  }
  double top = 0, greatest = 0;
  for (const Curve& curve : panel->curves) {
    const double begin = curve.points.front().x, end = curve.points.back().x;
    for (const CurvePoint& point : curve.points) {
      greatest = std::max(greatest, point.y);
      top = std::max(top, point.x >= begin + kBeginning * (end - begin) ? point.y : 0);
    }
  }
  if (top < greatest) {
    panel->top = top;
  }
}

void BeginAt(double bottom, CurvesPanel* panel) {
  if (panel != nullptr) {
    panel->bottom = bottom;
  }
}

/// Of fractions.
CurvesPanel* InPercent(CurvesPanel* panel) {
  if (panel != nullptr) {
    panel->percent = true;
  }
  return panel;
}

void WithZero(CurvesPanel* panel) {
  if (panel != nullptr) {
    panel->zero = true;
  }
}

std::string Of(std::span<const TrainingRun> runs) { return runs.size() == 1 ? " of " + runs[0].name : ""; }

const std::string kThinAndThick =
    std::string(" Thick lines are smoothed: ") + kSmoothing +
    ". Thin lines are the logged values; of long runs, the least and the greatest value of each of 150 "
    "stretches.";

std::vector<Figure> LossFigure(std::span<const TrainingRun> runs, const TrainingAxis& axis,
                               const FigureStyle& style) {
  Panels panels(runs, axis, style);
  CutBeginning(panels.AddSteps("training loss (nats per token)", Drawing::kSmoothed,
                               [](const StepMetrics& step) { return std::optional(step.loss); }));
  CutBeginning(panels.AddEvaluations("held-out loss (nats per token)",
                                     [](const EvaluationPoint& point) { return point.held_out_loss; }));
  InPercent(panels.AddEvaluations("accuracy of tasks (%)",
                                  [](const EvaluationPoint& point) { return MeanAccuracy(point); }));
  CutBeginning(panels.AddEvaluations("held-out bits per byte",
                                     [](const EvaluationPoint& point) { return point.bits_per_byte; }));
  return std::move(panels).Draw("training-loss",
                                "Losses and accuracy during training" + Of(runs) +
                                    ", as in the paper's Figure 3. The first 10 % of a run may be above the "
                                    "panel of a loss. Marks are evaluations during the run." +
                                    kThinAndThick);
}

/// Differences from the first run at equal tokens.
std::vector<Figure> DifferenceFigure(std::span<const TrainingRun> runs, const TrainingAxis& axis,
                                     const FigureStyle& style) {
  if (runs.size() < 2) {
    return {};
  }
  Panels panels(runs, axis, style);
  const Lines losses = LinesOf<StepMetrics>(runs, &TrainingRun::steps, axis,
                                            [](const StepMetrics& step) { return std::optional(step.loss); });
  WithZero(panels.Add("difference of training loss", Drawing::kSmoothed, LessTheFirst(losses)));
  const Lines held_out =
      LinesOf<EvaluationPoint>(runs, &TrainingRun::evaluations, axis,
                               [](const EvaluationPoint& point) { return point.held_out_loss; });
  WithZero(panels.Add("difference of held-out loss", Drawing::kMarked, LessTheFirst(held_out)));
  return std::move(panels).Draw(
      "training-differences", "Losses less those of " + runs[0].name +
                                  ", nats per token, at equal tokens: below zero is better than " +
                                  runs[0].name +
                                  ". Training losses can be compared if both runs see the same sequences in "
                                  "the same order." +
                                  kThinAndThick);
}

std::vector<Figure> OptimizerFigure(std::span<const TrainingRun> runs, const TrainingAxis& axis,
                                    const FigureStyle& style) {
  Panels panels(runs, axis, style);
  panels.AddSteps("learning rate", Drawing::kExact,
                  [](const StepMetrics& step) { return std::optional(step.learning_rate); });
  panels
      .AddSteps("gradient norm before clipping", Drawing::kSmoothed,
                [](const StepMetrics& step) { return std::optional(step.gradient_norm); })
      ->logarithmic = true;
  panels.AddSteps("tau", Drawing::kExact, [](const StepMetrics& step) { return step.tau; });
  panels.AddSteps("balance loss", Drawing::kSmoothed,
                  [](const StepMetrics& step) { return step.balance_loss; });
  return std::move(panels).Draw("training-optimizer", "Optimiser" + Of(runs) + "." + kThinAndThick);
}

/// The most loops of any run.
double MostLoops(std::span<const TrainingRun> runs) {
  size_t most = 2;
  for (const TrainingRun& run : runs) {
    for (const LayerMetrics& layer : run.steps.back().layers) {
      most = std::max(most, layer.loop_shares.size());
    }
  }
  return static_cast<double>(most);
}

std::vector<Figure> AdaptiveFigure(std::span<const TrainingRun> runs, const TrainingAxis& axis,
                                   const FigureStyle& style) {
  Panels panels(runs, axis, style);
  CurvesPanel* loops = panels.AddSteps("mean loops, all layers", Drawing::kSmoothed,
                                       [](const StepMetrics& step) { return MeanLoops(step.layers); });
  if (loops != nullptr) {  // the whole range that a mean can have: a rise looks as large as it is
    loops->bottom = 1;
    loops->top = MostLoops(runs);
  }
  CurvesPanel* lambda = panels.AddSteps("mean lambda, all layers", Drawing::kSmoothed,
                                        [](const StepMetrics& step) { return MeanLambda(step.layers); });
  if (lambda != nullptr) {
    lambda->bottom = 0;
    lambda->top = 1;
  }
  BeginAt(1, panels.AddSteps("heaviest expert, load x N", Drawing::kSmoothed, [](const StepMetrics& step) {
    return HeaviestExpert(std::span<const LayerMetrics>(step.layers));
  }));
  return std::move(panels).Draw("training-adaptive",
                                "Adaptive computation" + Of(runs) +
                                    ": loops drawn in training, weight of the width branch, and the greatest "
                                    "load of an expert in any layer over 1/N (1: balanced)." +
                                    kThinAndThick);
}

std::vector<Figure> SpeedFigure(std::span<const TrainingRun> runs, const TrainingAxis& axis,
                                const FigureStyle& style) {
  constexpr double kGibibyte = 1024.0 * 1024 * 1024;
  Panels panels(runs, axis, style);
  BeginAt(0, panels.AddSteps("tokens per second", Drawing::kSmoothed,
                             [](const StepMetrics& step) { return std::optional(step.tokens_per_second); }));
  BeginAt(0, InPercent(panels.AddSteps("share of GEMM peak (%)", Drawing::kSmoothed,
                                       [](const StepMetrics& step) { return step.utilisation; })));
  BeginAt(0, panels.AddSteps("peak memory (GiB)", Drawing::kExact, [&](const StepMetrics& step) {
    return std::optional(static_cast<double>(step.peak_bytes) / kGibibyte);
  }));
  return std::move(panels).Draw("training-speed",
                                "Speed" + Of(runs) +
                                    ". The share of the GEMM peak counts the operations that were executed; "
                                    "loops that were skipped are left out." +
                                    kThinAndThick);
}

void CheckGroups(std::span<const TrainingRun> runs) {
  std::set<std::string> groups;
  for (const TrainingRun& run : runs) {
    groups.insert(run.group);
  }
  VFFN_CHECK(
      groups.size() <= kMostSeries, runs.size(), " training runs of ", groups.size(),
      " kinds: a figure can tell ", kMostSeries,
      " apart. Give fewer runs. Runs whose names differ only in an ending such as -seed2 are one kind");
}

}  // namespace

std::vector<Figure> TrainingCurveFigures(std::span<const TrainingRun> runs, const FigureStyle& style) {
  CheckGroups(runs);
  const TrainingAxis axis = AxisOf(runs);
  std::vector<Figure> figures;
  for (auto* draw : {LossFigure, DifferenceFigure, OptimizerFigure, AdaptiveFigure, SpeedFigure}) {
    std::ranges::move(draw(runs, axis, style), std::back_inserter(figures));
  }
  return figures;
}

}  // namespace vffn
