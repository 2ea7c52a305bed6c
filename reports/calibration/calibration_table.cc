#include "reports/calibration/calibration_table.h"

#include "reports/tables/number_text.h"

namespace vffn {
namespace {

std::vector<std::string> CalibrationNotes(const CalibrationOptions& options) {
  return {
      "ECE: expected calibration error over " + std::to_string(options.bins) + " bins of equal " +
          std::string(NameOf(options.binning)) +
          "; confidence: the greatest probability of a choice, by the softmax of what the metric ranks the "
          "choices by",
      "interval: pivotal bootstrap over questions, down to 0 if p is not below " +
          FixedText(1 - options.confidence, 2),
      "if calibrated: mean ECE of answers drawn with the same confidences; p: share of them with an ECE at "
      "least as large"};
}

}  // namespace

Table CalibrationTable(const Results& results) {
  Table table("calibration", {{"task", "task"},
                              {"metric", "metric"},
                              {"docs", "n", kNumber},
                              {{"accuracy", "accuracy_stderr"}, "accuracy", kPercent},
                              {{"confidence", "confidence_stderr"}, "confidence", kPercent},
                              {{"confidence_minus_accuracy", "confidence_minus_accuracy_stderr"}},
                              {"ece", "ECE", kPercent},
                              {{"ece_low", "ece_high"}, "interval", kPercent},
                              {"ece_if_calibrated", "if calibrated", kPercent},
                              {"p", "p", kProbability},
                              {"bins"},
                              {"binning"}});
  const CalibrationOptions* options = nullptr;
  for (const TaskResults& task : results.tasks) {
    for (const MetricCalibration& one : task.calibrations) {
      const Calibration& calibration = one.calibration;
      options = &calibration.options;
      table.AddRow("task", task.task.name, "metric", FactsOf(one.metric).name, "docs", calibration.questions,
                   "accuracy", calibration.accuracy, "confidence", calibration.confidence,
                   "confidence_minus_accuracy", calibration.gap, "ece", calibration.error, "ece_low",
                   calibration.interval, "ece_if_calibrated", calibration.calibrated, "p", calibration.p,
                   "bins", calibration.options.bins, "binning", NameOf(calibration.options.binning));
    }
  }
  if (options != nullptr) {
    table.notes = CalibrationNotes(*options);
  }
  return table;
}

Table CalibrationBinTable(const Results& results) {
  Table table("calibration_bins", {{"task", "task"},
                                   {"metric", "metric"},
                                   {"low", "from", kPercent},
                                   {"high", "to", kPercent},
                                   {"docs", "n", kNumber},
                                   {"confidence", "confidence", kPercent},
                                   {"accuracy", "accuracy", kPercent},
                                   {{"accuracy_low", "accuracy_high"}, "interval", kPercent}});
  for (const TaskResults& task : results.tasks) {
    for (const MetricCalibration& one : task.calibrations) {
      for (const CalibrationBin& bin : one.calibration.bins) {
        table.AddRow("task", task.task.name, "metric", FactsOf(one.metric).name, "low", bin.low, "high",
                     bin.high, "docs", bin.questions, "confidence", bin.confidence, "accuracy", bin.accuracy,
                     "accuracy_low", bin.interval);
      }
    }
  }
  return table;
}

}  // namespace vffn
