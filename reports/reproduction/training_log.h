// Training logs for Figure 3: loss and accuracy against training tokens, by configuration.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/figures/figure.h"
#include "reports/figures/figure_style.h"

namespace vffn {

/// One line of a log.
struct TrainingPoint {
  std::string configuration;       ///< "8-choose-2"
  double tokens = 0;               ///< training tokens so far
  std::optional<double> loss;      ///< nats a token
  std::optional<double> accuracy;  ///< fraction
};

/// Reads CSV with the columns configuration, tokens, loss and accuracy in any order. Accuracies are
/// fractions, or percentages if one of them is above 1. The column loss or the
/// column accuracy may be missing, and their fields may be empty. Throws Error, beginning with `origin` and
/// naming row and column, on anything else, including NaN.
std::vector<TrainingPoint> ParseTrainingLog(std::string_view text, const std::string& origin);

/// Reads a file. Throws Error, naming it.
std::vector<TrainingPoint> ReadTrainingLog(const std::filesystem::path& path);

/// Figure 3: a panel of losses and a panel of accuracies, with one curve per configuration. Throws Error,
/// naming `origin`, if there is nothing to draw, or if there are more configurations than colours.
Figure TrainingCurves(const std::vector<TrainingPoint>& points, const std::string& origin,
                      const FigureStyle& style = {});

}  // namespace vffn
