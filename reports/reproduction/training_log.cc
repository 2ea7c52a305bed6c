#include "reports/reproduction/training_log.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/file_bytes.h"
#include "reports/figures/curves_figure.h"
#include "reports/tables/csv.h"

namespace vffn {
namespace {

constexpr double kBillion = 1e9;

/// One column of a log.
class LogColumn {
 public:
  LogColumn(const CsvTable& table, const std::string& name) : name_(name) {
    const auto found = std::ranges::find(table.header, name);
    if (found != table.header.end()) {
      index_ = static_cast<size_t>(found - table.header.begin());
    }
  }

  bool exists() const { return index_.has_value(); }

  /// Nothing if the column is missing or the field empty.
  std::optional<double> NumberOf(const std::vector<std::string>& row, const std::string& where) const {
    if (!index_ || row[*index_].empty()) {
      return std::nullopt;
    }
    const std::string& text = row[*index_];
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    VFFN_CHECK(error == std::errc() && end == text.data() + text.size() && std::isfinite(value), where, ": ",
               name_, " is \"", text, "\", should be a number");
    return value;
  }

  const std::string& TextOf(const std::vector<std::string>& row) const { return row[*index_]; }

 private:
  std::string name_;
  std::optional<size_t> index_;
};

using Value = std::optional<double> TrainingPoint::*;

/// The curves of one value, configurations in the log's order.
std::vector<Curve> CurvesOf(const std::vector<TrainingPoint>& points, Value value, double per) {
  std::vector<Curve> curves;
  for (const TrainingPoint& point : points) {
    if (!(point.*value)) {
      continue;
    }
    auto curve = std::ranges::find(curves, point.configuration, &Curve::name);
    if (curve == curves.end()) {
      curve = curves.insert(curves.end(), Curve{.name = point.configuration});
    }
    curve->points.push_back({.x = point.tokens / per, .y = *(point.*value)});
  }
  return curves;
}

/// Accuracies of which one is above 1 are percentages: logs of other programs may have them.
void MakeFractions(std::vector<TrainingPoint>& points) {
  if (std::ranges::any_of(points, [](const TrainingPoint& point) { return point.accuracy > 1; })) {
    for (TrainingPoint& point : points) {
      point.accuracy = point.accuracy ? std::optional(*point.accuracy / 100) : std::nullopt;
    }
  }
}

}  // namespace

std::vector<TrainingPoint> ParseTrainingLog(std::string_view text, const std::string& origin) {
  const CsvTable table = ParseCsv(text, origin);
  const LogColumn configuration(table, "configuration"), tokens(table, "tokens"), loss(table, "loss"),
      accuracy(table, "accuracy");
  VFFN_CHECK(configuration.exists() && tokens.exists() && (loss.exists() || accuracy.exists()), origin,
             ": a training log has the columns configuration, tokens, and loss or accuracy or both");
  std::vector<TrainingPoint> points;
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const std::vector<std::string>& row = table.rows[i];
    const std::string where = origin + ", row " + std::to_string(i + 1);
    const auto trained_on = tokens.NumberOf(row, where);
    VFFN_CHECK(trained_on && *trained_on >= 0, where, ": tokens should be a number from 0");
    VFFN_CHECK(!configuration.TextOf(row).empty(), where, ": configuration is empty");
    points.push_back({.configuration = configuration.TextOf(row),
                      .tokens = *trained_on,
                      .loss = loss.NumberOf(row, where),
                      .accuracy = accuracy.NumberOf(row, where)});
  }
  MakeFractions(points);
  return points;
}

std::vector<TrainingPoint> ReadTrainingLog(const std::filesystem::path& path) {
  return ParseTrainingLog(ReadFileBytes(path), path.string());
}

Figure TrainingCurves(const std::vector<TrainingPoint>& points, const std::string& origin,
                      const FigureStyle& style) {
  double most = 0;
  for (const TrainingPoint& point : points) {
    most = std::max(most, point.tokens);
  }
  const bool billions = most >= kBillion;
  const double per = billions ? kBillion : 1e6;
  const std::string x_title = billions ? "training tokens (billions)" : "training tokens (millions)";
  CurvesFigure figure;
  const auto add = [&](Value value, const std::string& y_title, bool percent = false) {
    if (std::vector<Curve> curves = CurvesOf(points, value, per); !curves.empty()) {
      figure.panels.push_back(
          {.x_title = x_title, .y_title = y_title, .curves = std::move(curves), .percent = percent});
    }
  };
  add(&TrainingPoint::loss, "training loss (nats per token)");
  add(&TrainingPoint::accuracy, "average accuracy (%)", /*percent=*/true);
  VFFN_CHECK(!figure.panels.empty(), origin, ": the training log has no loss and no accuracy");
  figure.caption = "Training by configuration, as logged in " + origin + ".";
  return MakeFigure(figure, style);
}

}  // namespace vffn
