#include "reports/drawing/training_drawings.h"

#include <algorithm>
#include <memory>
#include <set>

#include "base/error.h"
#include "reports/reproduction/training_log.h"
#include "reports/tables/number_text.h"
#include "reports/training/training_report.h"

namespace vffn {
namespace {

bool IsOfOneRun(const std::string& kind) {
  return kind == "training-layers" || kind == "training-loops" || kind == "training-experts";
}

std::vector<TrainingRun> ReadRenamedRuns(FigureRequest& request) {
  std::vector<TrainingRun> runs = ReadTrainingRuns(request.inputs);
  for (TrainingRun& run : runs) {
    const std::string name = request.names.Of(run.name);
    run.group = name == run.name ? request.names.Of(run.group) : name;
    run.name = name;
  }
  return runs;
}

Figure DrawNamed(const std::string& kind, const std::vector<TrainingRun>& runs, const FigureStyle& style) {
  const std::vector<Figure> figures =
      IsOfOneRun(kind) ? TrainingLayerFigures(runs[0], "run", style) : TrainingCurveFigures(runs, style);
  const std::string name = IsOfOneRun(kind) ? kind + "-run" : kind;
  const auto found = std::ranges::find(figures, name, &Figure::name);
  std::vector<std::string> there;
  for (const Figure& figure : figures) {
    there.push_back(IsOfOneRun(kind) ? figure.name.substr(0, figure.name.rfind("-run")) : figure.name);
  }
  VFFN_CHECK(found != figures.end(), kind, ": the runs have nothing to draw in it; they have ",
             there.empty() ? "no such figures" : JoinedText(there, ", "));
  Figure figure = *found;
  figure.name = kind;
  return figure;
}

std::vector<std::string> FactsOf(const std::vector<TrainingRun>& runs) {
  std::vector<std::string> facts;
  for (const TrainingRun& run : runs) {
    const TrainingSummary summary = Summarize(run);
    std::string text = run.name + ": " + GroupedText(summary.steps) + " steps, " +
                       GroupedText(summary.tokens) + " tokens, training loss " + FixedText(summary.loss, 3) +
                       " over the last 5 % of the steps";
    if (summary.held_out_loss) {
      text += ", held-out loss " + FixedText(*summary.held_out_loss, 3);
    }
    facts.push_back(text + ".");
  }
  return facts;
}

PreparedFigure PrepareLog(const std::filesystem::path& path) {
  const std::vector<TrainingPoint> points = ReadTrainingLog(path);
  return {.draw = [points, origin = path.string()](
                      const FigureStyle& style) { return TrainingCurves(points, origin, style); },
          .facts = {}};
}

}  // namespace

PreparedFigure PrepareTrainingFigure(FigureRequest& request) {
  const std::string kind = request.kind;
  if (request.inputs.size() == 1 && std::filesystem::is_regular_file(request.inputs[0]) &&
      request.inputs[0].extension() == ".csv") {
    VFFN_CHECK(kind == "training-loss", kind,
               ": a CSV log has losses and accuracies alone; draw training-loss");
    return PrepareLog(request.inputs[0]);
  }
  VFFN_CHECK(!IsOfOneRun(kind) || request.inputs.size() == 1, kind, " is of one run, not of ",
             request.inputs.size());
  VFFN_CHECK(kind != "training-differences" || request.inputs.size() > 1, kind,
             " compares runs with the first one: name two or more");
  const std::vector<TrainingRun> runs = ReadRenamedRuns(request);
  return {.draw = [kind, runs](const FigureStyle& style) { return DrawNamed(kind, runs, style); },
          .facts = FactsOf(runs)};
}

}  // namespace vffn
