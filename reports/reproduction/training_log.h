// Training logs for Figure 3: how loss and accuracy went, by configuration.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/figures/figure.h"

namespace vffn {

/// A line of a log.
struct TrainingPoint {
  std::string configuration;       ///< "8-choose-2"
  double tokens = 0;               ///< trained on so far
  std::optional<double> loss;      ///< nats a token
  std::optional<double> accuracy;  ///< percent
};

/// CSV with the columns configuration, tokens, loss and accuracy in any order; one of the last two may be
/// missing, and fields of theirs be empty. Throws Error, beginning with `origin` and naming line and column,
/// on anything else, NaN included.
std::vector<TrainingPoint> ParseTrainingLog(std::string_view text, const std::string& origin);

/// The file's. Throws Error, naming it.
std::vector<TrainingPoint> ReadTrainingLog(const std::filesystem::path& path);

/// Figure 3: a panel of losses, one of accuracies, a curve a configuration. Throws Error, naming `origin`, if
/// there is nothing to draw, or more configurations than colours.
Figure TrainingCurves(const std::vector<TrainingPoint>& points, const std::string& origin);

}  // namespace vffn
