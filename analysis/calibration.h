// Calibration: whether answers that a model gives with probability p are right as often as p.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/estimate.h"
#include "analysis/paired_bootstrap.h"

namespace vffn {

/// The answer to one question.
struct Prediction {
  double confidence = 0;  ///< probability that the model gives to its answer
  bool correct = false;
};

enum class Binning {
  kEqualWidth,  ///< "width": ((m - 1) / M, m / M] (Guo et al. 2017)
  kEqualMass,   ///< "mass": as many questions in each, by confidence (sizes differ by at most one)
};

std::string_view NameOf(Binning binning);

/// The inverse. Throws Error, beginning with `origin`, on another name.
void Parse(std::string_view name, const std::string& origin, Binning& binning);

struct CalibrationOptions {
  int64_t bins = 15;  ///< M; 15 as in Guo et al. 2017
  Binning binning = Binning::kEqualWidth;
  int64_t replicates = 1000;  ///< of the bootstrap and of the test
  uint64_t seed = 0;
  double confidence = 0.95;  ///< of intervals

  /// Calls visit(name, field) for every field but `binning`.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("bins", self.bins);
    visit("replicates", self.replicates);
    visit("seed", self.seed);
    visit("confidence", self.confidence);
  }

  bool operator==(const CalibrationOptions&) const = default;
};

/// The questions of one bin; bins without questions are left out.
struct CalibrationBin {
  double low = 0, high = 0;  ///< range of confidence: of the bin if of equal width, else of its questions
  int64_t questions = 0;
  double confidence = 0;  ///< mean
  double accuracy = 0;
  ConfidenceInterval interval;  ///< of the accuracy: Wilson's

  bool operator==(const CalibrationBin&) const = default;
};

/// Expected calibration error: sum over the bins of n_m / n |accuracy_m - confidence_m| (Naeini et al. 2015,
/// Guo et al. 2017). Chance alone makes it positive: a calibrated model of as many questions has
/// `calibrated`.
struct Calibration {
  CalibrationOptions options;
  int64_t questions = 0;
  Estimate confidence;  ///< mean
  Estimate accuracy;    ///< of the answers
  Estimate gap;         ///< confidence - accuracy, above 0: the model trusts itself too much
  double error = 0;     ///< the expected calibration error
  std::vector<CalibrationBin> bins;

  // Absent without replicates, and the interval for one question, too.
  std::optional<double> calibrated;  ///< mean error of answers drawn with these confidences
  std::optional<double> p;           ///< that a calibrated model has an error at least as large
  /// Pivotal bootstrap over questions (error + error - replicate), within [0, 1]; down to 0 if p does not
  /// reject a calibrated model.
  std::optional<ConfidenceInterval> interval;

  bool operator==(const Calibration&) const = default;
};

/// With `clusters` (an id for each prediction; empty: each by itself), standard errors are clustered and the
/// bootstrap draws whole clusters; the test takes questions as independent all the same. Throws Error on no
/// predictions, another number of ids, a confidence outside of [0, 1], or options out of range.
Calibration CalibrationOf(std::span<const Prediction> predictions, const CalibrationOptions& options,
                          std::span<const int64_t> clusters = {});

}  // namespace vffn
