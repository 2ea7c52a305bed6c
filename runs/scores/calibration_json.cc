#include "runs/scores/calibration_json.h"

#include "base/error.h"
#include "base/json.h"

namespace vffn {
namespace {

OrderedJson IntervalJson(const std::optional<ConfidenceInterval>& interval) {
  return interval ? OrderedJson{interval->low, interval->high} : OrderedJson(nullptr);
}

OrderedJson MeanJson(const Estimate& mean) {
  return {{"value", mean.value},
          {"stderr", mean.standard_error ? OrderedJson(*mean.standard_error) : OrderedJson(nullptr)}};
}

OrderedJson NumberOrNull(const std::optional<double>& number) {
  return number ? OrderedJson(*number) : OrderedJson(nullptr);
}

std::optional<ConfidenceInterval> ParseInterval(const Fields& fields) {
  const auto ends = fields.Optional<std::vector<double>>("interval");
  VFFN_CHECK(!ends || ends->size() == 2, fields.Where("interval"), ": an interval has two ends");
  return ends ? std::optional(ConfidenceInterval{ends->front(), ends->back()}) : std::nullopt;
}

Estimate ParseMean(const Fields& fields) {
  return {.value = fields.Get<double>("value"), .standard_error = fields.Optional<double>("stderr")};
}

CalibrationBin ParseBin(const Fields& fields) {
  const auto interval = ParseInterval(fields);
  VFFN_CHECK(interval.has_value(), fields.Where("interval"), " is missing");
  return {.low = fields.Get<double>("low"),
          .high = fields.Get<double>("high"),
          .questions = fields.Count("questions"),
          .confidence = fields.Get<double>("confidence"),
          .accuracy = fields.Get<double>("accuracy"),
          .interval = *interval};
}

}  // namespace

OrderedJson ToJson(const Calibration& calibration) {
  OrderedJson options = {{"binning", NameOf(calibration.options.binning)}}, bins = OrderedJson::array();
  CalibrationOptions::Visit(calibration.options,
                            [&](const char* name, const auto& field) { options[name] = field; });
  for (const CalibrationBin& bin : calibration.bins) {
    bins.push_back({{"low", bin.low},
                    {"high", bin.high},
                    {"questions", bin.questions},
                    {"confidence", bin.confidence},
                    {"accuracy", bin.accuracy},
                    {"interval", IntervalJson(bin.interval)}});
  }
  return {{"questions", calibration.questions},
          {"expected_calibration_error", calibration.error},
          {"interval", IntervalJson(calibration.interval)},
          {"if_calibrated", NumberOrNull(calibration.calibrated)},
          {"p", NumberOrNull(calibration.p)},
          {"confidence", MeanJson(calibration.confidence)},
          {"accuracy", MeanJson(calibration.accuracy)},
          {"confidence_minus_accuracy", MeanJson(calibration.gap)},
          {"options", options},
          {"bins", bins}};
}

Calibration ParseCalibration(const Fields& fields) {
  const Fields options = fields.Object("options");
  Calibration calibration{.options = ReadAllFields<CalibrationOptions>(options),
                          .questions = fields.Count("questions"),
                          .confidence = ParseMean(fields.Object("confidence")),
                          .accuracy = ParseMean(fields.Object("accuracy")),
                          .gap = ParseMean(fields.Object("confidence_minus_accuracy")),
                          .error = fields.Get<double>("expected_calibration_error"),
                          .calibrated = fields.Optional<double>("if_calibrated"),
                          .p = fields.Optional<double>("p"),
                          .interval = ParseInterval(fields)};
  calibration.options.binning = options.Get<Binning>("binning");
  size_t index = 0;
  for (const Json* bin : ToElements(fields.Require("bins"), fields.PlaceOf("bins"))) {
    calibration.bins.push_back(
        ParseBin(Fields(*bin, fields.Where("bins") + "[" + std::to_string(index++) + "]")));
  }
  return calibration;
}

}  // namespace vffn
