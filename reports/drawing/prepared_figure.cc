#include "reports/drawing/prepared_figure.h"

#include <utility>

#include "base/error.h"
#include "reports/drawing/run_drawings.h"
#include "reports/drawing/trace_drawings.h"
#include "reports/drawing/training_drawings.h"

namespace vffn {
namespace {

void CheckRequest(const FigureRequest& request, const FigureKind& kind) {
  VFFN_CHECK(!request.inputs.empty(), "figure ", kind.name, ": name what to draw: ", kind.needs);
  for (const std::filesystem::path& input : request.inputs) {
    VFFN_CHECK(!input.filename().string().ends_with(".vl.json"), input.string(),
               ": is a saved specification; `vffn figure render ", input.string(), "` draws it again");
  }
  const bool scores = request.kind == "reliability" || request.kind == "pareto";
  VFFN_CHECK(request.layers.empty() || kind.many_layers || kind.one_layer, "--layers: a figure of ",
             kind.name, " has no layers to choose from");
  VFFN_CHECK(kind.of_trace || scores || request.tasks.empty(), "--tasks: a figure of ", kind.name,
             " is not of tasks");
  VFFN_CHECK(kind.of_trace || request.counting == Counting{}, "--sharing and --part: a figure of ", kind.name,
             " does not count tokens of a trace");
  VFFN_CHECK(kind.of_trace || request.panels.empty(), "--panels: a figure of ", kind.name,
             " cannot be drawn in panels of models or tasks");
  VFFN_CHECK(request.kind == "cosine" || !request.doc, "--doc: only a figure of cosine is of one doc");
  VFFN_CHECK(request.kind == "pareto" || !request.published, "--published: only a figure of pareto has them");
  VFFN_CHECK(request.kind == "reliability" || request.metric.empty(),
             "--metric: only a figure of reliability has one");
  VFFN_CHECK(request.kind == "words" || request.weight == WordWeight::kCount,
             "--weight: only a figure of words has one");
}

}  // namespace

PreparedFigure PrepareFigure(FigureRequest request) {
  const FigureKind& kind = FindFigureKind(request.kind);
  CheckRequest(request, kind);
  PreparedFigure prepared = kind.of_trace                   ? PrepareTraceFigure(request)
                            : request.kind == "reliability" ? PrepareReliability(request)
                            : request.kind == "pareto"      ? PreparePareto(request)
                                                            : PrepareTrainingFigure(request);
  request.names.CheckAllUsed();
  return prepared;
}

}  // namespace vffn
