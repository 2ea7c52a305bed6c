// One figure as a user asks for it, drawn in any style from data that were read once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/calibration.h"
#include "reports/drawing/figure_kinds.h"
#include "reports/drawing/renaming.h"
#include "reports/figures/figure.h"
#include "reports/figures/figure_style.h"
#include "reports/traces/trace_figures.h"
#include "reports/traces/trace_report.h"

namespace vffn {

/// What to draw. Fields that the kind has no use for keep their defaults.
struct FigureRequest {
  std::string kind;                           ///< FigureKinds
  std::vector<std::filesystem::path> inputs;  ///< traces, runs, folders of several runs, folders of training
  std::vector<std::string> tasks;             ///< empty: all
  Counting counting;
  std::vector<int64_t> layers;  ///< ascending; empty: all, or layer 0
  std::string panels;           ///< "model", "task", or empty: models if there are several
  Renaming names;
  std::optional<int64_t> doc;  ///< cosine: the doc of the heat map
  int64_t choice = 0;
  WordWeight weight = WordWeight::kCount;  ///< words
  WordReportOptions words;
  LoopReportOptions skills = {.by = LoopGrouping::kTask};
  std::filesystem::path ledger;  ///< tokens: for correctness; empty: the one beside the trace
  std::string metric;            ///< reliability: the accuracy; empty: the tasks' primary ones
  CalibrationOptions calibration;
  bool published = false;  ///< pareto: with the published models
};

struct PreparedFigure {
  std::function<Figure(const FigureStyle&)> draw;
  std::vector<std::string> facts;  ///< sentences with the main numbers, for the caption
};

/// Reads what the figure needs. Throws Error if an option does not go with the kind, an input is not what
/// the kind needs, or a name is not there.
PreparedFigure PrepareFigure(FigureRequest request);

}  // namespace vffn
