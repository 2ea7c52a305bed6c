#include "analysis/calibration.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "analysis/distributions.h"
#include "analysis/wilson.h"
#include "base/error.h"
#include "base/random.h"

namespace vffn {
namespace {

/// The bin of each prediction.
std::vector<size_t> BinsOf(std::span<const Prediction> predictions, const CalibrationOptions& options) {
  const auto count = static_cast<size_t>(options.bins);
  std::vector<size_t> bins(predictions.size());
  if (options.binning == Binning::kEqualWidth) {
    for (size_t i = 0; i < bins.size(); ++i) {
      const double place = std::ceil(predictions[i].confidence * static_cast<double>(count));
      bins[i] = std::clamp<size_t>(static_cast<size_t>(place), 1, count) - 1;
    }
    return bins;
  }
  std::vector<size_t> order(predictions.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t i) { return predictions[i].confidence; });
  for (size_t bin = 0; bin < count; ++bin) {
    for (size_t i = bin * order.size() / count; i < (bin + 1) * order.size() / count; ++i) {
      bins[order[i]] = bin;
    }
  }
  return bins;
}

/// Sums of confidence - correctness by bin -> the calibration error.
double ErrorOf(const std::vector<double>& gaps, size_t questions) {
  double sum = 0;
  for (const double gap : gaps) {
    sum += std::abs(gap);
  }
  return sum / static_cast<double>(questions);
}

void AddBins(std::span<const Prediction> predictions, const std::vector<size_t>& places,
             const CalibrationOptions& options, Calibration& result) {
  std::vector<CalibrationBin> bins(static_cast<size_t>(options.bins), {.low = 1, .high = 0});
  for (size_t i = 0; i < predictions.size(); ++i) {
    CalibrationBin& bin = bins[places[i]];
    ++bin.questions;
    bin.confidence += predictions[i].confidence;
    bin.accuracy += predictions[i].correct ? 1 : 0;
    bin.low = std::min(bin.low, predictions[i].confidence);
    bin.high = std::max(bin.high, predictions[i].confidence);
  }
  for (size_t i = 0; i < bins.size(); ++i) {
    CalibrationBin& bin = bins[i];
    if (bin.questions == 0) {
      continue;
    }
    bin.confidence /= static_cast<double>(bin.questions);
    bin.accuracy /= static_cast<double>(bin.questions);
    bin.interval = WilsonInterval(bin.accuracy, bin.questions, NormalQuantile(0.5 + options.confidence / 2));
    if (options.binning == Binning::kEqualWidth) {
      bin.low = static_cast<double>(i) / static_cast<double>(bins.size());
      bin.high = static_cast<double>(i + 1) / static_cast<double>(bins.size());
    }
    result.bins.push_back(bin);
  }
}

/// The errors of all replicates, ascending. `draw(random, gaps)` adds the questions of one replicate and
/// returns how many they are.
std::vector<double> Replicate(const char* name, const CalibrationOptions& options,
                              const std::function<size_t(Random&, std::vector<double>&)>& draw) {
  Random random(options.seed, name);
  std::vector<double> errors, gaps;
  for (int64_t r = 0; r < options.replicates; ++r) {
    gaps.assign(static_cast<size_t>(options.bins), 0);
    const size_t questions = draw(random, gaps);
    errors.push_back(ErrorOf(gaps, questions));
  }
  std::ranges::sort(errors);
  return errors;
}

/// What a question adds to its bin, cluster by cluster.
struct ClusteredGaps {
  struct Gap {
    double gap;  // confidence - correctness
    size_t bin;
  };
  std::vector<Gap> gaps;
  std::vector<size_t> begins;  // [clusters + 1] into gaps

  size_t clusters() const { return begins.size() - 1; }
};

ClusteredGaps GapsByCluster(std::span<const Prediction> predictions, const std::vector<size_t>& places,
                            std::span<const int64_t> clusters) {
  std::vector<size_t> order(predictions.size());
  std::iota(order.begin(), order.end(), size_t{0});
  if (!clusters.empty()) {
    std::ranges::stable_sort(order, {}, [&](size_t i) { return clusters[i]; });
  }
  ClusteredGaps result;
  for (size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || clusters.empty() || clusters[order[i]] != clusters[order[i - 1]]) {
      result.begins.push_back(i);
    }
    const Prediction& prediction = predictions[order[i]];
    result.gaps.push_back({prediction.confidence - (prediction.correct ? 1 : 0), places[order[i]]});
  }
  result.begins.push_back(order.size());
  return result;
}

/// Answers drawn with the confidences as probabilities (consistency resampling, Bröcker and Smith 2007).
void TestCalibration(std::span<const Prediction> predictions, const std::vector<size_t>& places,
                     const CalibrationOptions& options, Calibration& result) {
  const std::vector<double> errors =
      Replicate("calibrated answers", options, [&](Random& random, auto& gaps) {
        for (size_t i = 0; i < predictions.size(); ++i) {
          const double confidence = predictions[i].confidence;
          gaps[places[i]] += confidence - (random.Uniform() < confidence ? 1 : 0);
        }
        return predictions.size();
      });
  constexpr double kRounding = 1e-12;  // sums of the same terms in another order
  const auto as_large = errors.end() - std::ranges::lower_bound(errors, result.error - kRounding);
  const auto count = static_cast<double>(errors.size());
  result.calibrated = std::accumulate(errors.begin(), errors.end(), 0.0) / count;
  result.p = (1 + static_cast<double>(as_large)) / (1 + count);
}

void AddInterval(const ClusteredGaps& clusters, const CalibrationOptions& options, Calibration& result) {
  const std::vector<double> errors = Replicate("calibration error", options, [&](Random& random, auto& gaps) {
    const auto count = static_cast<double>(clusters.clusters());
    size_t questions = 0;
    for (size_t drawn = 0; drawn < clusters.clusters(); ++drawn) {
      const auto cluster = static_cast<size_t>(random.Uniform() * count);
      for (size_t i = clusters.begins[cluster]; i < clusters.begins[cluster + 1]; ++i) {
        gaps[clusters.gaps[i].bin] += clusters.gaps[i].gap;
        ++questions;
      }
    }
    return questions;
  });
  const auto tail = static_cast<size_t>((1 - options.confidence) / 2 * static_cast<double>(errors.size()));
  const double low = std::clamp(2 * result.error - errors[errors.size() - 1 - tail], 0.0, 1.0);
  const double high = std::clamp(2 * result.error - errors[tail], 0.0, 1.0);
  result.interval = {.low = *result.p >= 1 - options.confidence ? 0 : low, .high = high};
}

}  // namespace

std::string_view NameOf(Binning binning) { return binning == Binning::kEqualWidth ? "width" : "mass"; }

void Parse(std::string_view name, const std::string& origin, Binning& binning) {
  for (const Binning known : {Binning::kEqualWidth, Binning::kEqualMass}) {
    if (name == NameOf(known)) {
      binning = known;
      return;
    }
  }
  Fail(origin, " is \"", name, "\", should be width or mass");
}

Calibration CalibrationOf(std::span<const Prediction> predictions, const CalibrationOptions& options,
                          std::span<const int64_t> clusters) {
  VFFN_CHECK(!predictions.empty(), "the calibration of no answers");
  VFFN_CHECK(options.bins > 0 && options.replicates >= 0 && options.confidence > 0 && options.confidence < 1,
             options.bins, " bins and ", options.replicates, " replicates at confidence ", options.confidence,
             " make no calibration error");
  std::vector<double> confidences, corrects, differences;
  for (const Prediction& prediction : predictions) {
    VFFN_CHECK(prediction.confidence >= 0 && prediction.confidence <= 1, "a confidence of ",
               prediction.confidence, " is no probability");
    confidences.push_back(prediction.confidence);
    corrects.push_back(prediction.correct ? 1 : 0);
    differences.push_back(confidences.back() - corrects.back());
  }
  const std::vector<size_t> places = BinsOf(predictions, options);
  std::vector<double> sums(static_cast<size_t>(options.bins));
  for (size_t i = 0; i < predictions.size(); ++i) {
    sums[places[i]] += differences[i];
  }
  Calibration result{.options = options,
                     .questions = static_cast<int64_t>(predictions.size()),
                     .confidence = MeanOf(confidences, clusters),
                     .accuracy = MeanOf(corrects, clusters),
                     .gap = MeanOf(differences, clusters),
                     .error = ErrorOf(sums, predictions.size())};
  AddBins(predictions, places, options, result);
  if (options.replicates > 0) {
    TestCalibration(predictions, places, options, result);
    if (const auto gaps = GapsByCluster(predictions, places, clusters); gaps.clusters() > 1) {
      AddInterval(gaps, options, result);
    }
  }
  return result;
}

}  // namespace vffn
