// The calibration of a model's answers as a table and as reliability diagrams.
#pragma once

#include "eval/results.h"
#include "reports/tables/table.h"

namespace vffn {

/// A row for each task and reported accuracy: accuracy, mean confidence, expected calibration error with its
/// interval, what a calibrated model of as many questions has, and p. Columns for programs alone: the
/// difference of confidence and accuracy, and the options. Without rows if no task has a calibration.
Table CalibrationTable(const Results& results);

/// "calibration_bins": the bins of every task and accuracy.
Table CalibrationBinTable(const Results& results);

}  // namespace vffn
