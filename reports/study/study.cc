#include "reports/study/study.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "analysis/distributions.h"
#include "base/error.h"

namespace vffn {
namespace {

const Estimate& In(LossUnit unit, const LossSummary& summary) {
  VFFN_CHECK(summary.bits_per_byte, "the documents whose losses are compared have no bytes");
  return unit == LossUnit::kNatsPerToken ? summary.nats_per_token : *summary.bits_per_byte;
}

double MeanOfSeeds(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) {
    sum += value;
  }
  return sum / static_cast<double>(values.size());
}

/// Adds b's losses to those of the same documents in `sums`.
void AddLosses(std::span<const DocumentLoss> losses, double factor, std::vector<DocumentLoss>& sums) {
  if (sums.empty()) {
    sums.assign(losses.begin(), losses.end());
    for (DocumentLoss& sum : sums) {
      sum.nll = 0;
    }
  }
  VFFN_CHECK(sums.size() == losses.size(), "the seeds of a method were measured on ", sums.size(), " and ",
             losses.size(), " documents");
  for (size_t i = 0; i < sums.size(); ++i) {
    sums[i].nll += factor * losses[i].nll;
  }
}

/// Two measurements of one seed.
struct LossPair {
  std::span<const DocumentLoss> a, b;
};

/// Of b - a; a is empty: of b.
std::optional<SeededEstimate> MeanDifferenceOver(std::span<const LossPair> pairs, LossUnit unit) {
  if (pairs.empty()) {
    return std::nullopt;
  }
  SeededEstimate estimate;
  std::vector<DocumentLoss> mean;
  for (const LossPair& pair : pairs) {
    const double share = 1.0 / static_cast<double>(pairs.size());
    const LossSummary summary = pair.a.empty() ? Summarise(pair.b) : DifferenceOf(pair.a, pair.b);
    estimate.seeds.push_back(In(unit, summary).value);
    AddLosses(pair.b, share, mean);
    if (!pair.a.empty()) {
      AddLosses(pair.a, -share, mean);
    }
  }
  estimate.mean = In(unit, Summarise(mean));
  return estimate;
}

}  // namespace

std::vector<const StudyRun*> RunsOf(const Study& study, const std::string& method) {
  std::vector<const StudyRun*> runs;
  for (const StudyRun& run : study.runs) {
    if (run.method == method) {
      runs.push_back(&run);
    }
  }
  return runs;
}

std::optional<double> SeededEstimate::deviation() const {
  if (seeds.size() < 2) {
    return std::nullopt;
  }
  const double center = MeanOfSeeds(seeds);
  double squares = 0;
  for (const double value : seeds) {
    squares += (value - center) * (value - center);
  }
  return std::sqrt(squares / static_cast<double>(seeds.size() - 1));
}

std::optional<double> SeededEstimate::half_width() const {
  if (seeds.size() < 2) {
    return std::nullopt;
  }
  const auto n = static_cast<double>(seeds.size());
  return StudentTwoSidedQuantile(0.05, n - 1) * *deviation() / std::sqrt(n);
}

std::optional<SeededEstimate> LossOf(const Study& study, const std::string& method, LossUnit unit) {
  std::vector<LossPair> pairs;
  for (const StudyRun* run : RunsOf(study, method)) {
    if (!run->losses.empty()) {
      pairs.push_back({{}, run->losses});
    }
  }
  return MeanDifferenceOver(pairs, unit);
}

std::optional<SeededEstimate> LossDifference(const Study& study, const std::string& method,
                                             const std::string& baseline, LossUnit unit) {
  std::vector<LossPair> pairs;
  for (const StudyRun* run : RunsOf(study, method)) {
    for (const StudyRun* base : RunsOf(study, baseline)) {
      if (run != base && run->seed == base->seed && !run->losses.empty() && !base->losses.empty()) {
        pairs.push_back({base->losses, run->losses});
      }
    }
  }
  return MeanDifferenceOver(pairs, unit);
}

std::optional<SeededEstimate> ControlDifference(const Study& study, const std::string& method,
                                                const std::string& control, LossUnit unit) {
  std::vector<LossPair> pairs;
  for (const StudyRun* run : RunsOf(study, method)) {
    for (const auto& [name, losses] : run->controls) {
      if (name == control && !run->losses.empty() && !losses.empty()) {
        pairs.push_back({run->losses, losses});
      }
    }
  }
  return MeanDifferenceOver(pairs, unit);
}

std::vector<CostPoint> CostCurve(const TrainingRun& run) {
  std::vector<CostPoint> curve;
  double seconds = 0, flops = 0;
  int64_t step = 0;
  size_t next = 0;
  for (const EvaluationPoint& point : run.evaluations) {
    for (; next < run.steps.size() && run.steps[next].step <= point.step; ++next) {
      const auto steps = static_cast<double>(run.steps[next].step - step);
      seconds += run.steps[next].seconds * steps;
      flops += run.steps[next].flops * steps;
      step = run.steps[next].step;
    }
    if (point.held_out_loss) {
      curve.push_back({.seconds = seconds, .flops = flops, .loss = *point.held_out_loss});
    }
  }
  return curve;
}

std::optional<double> LossAt(std::span<const CostPoint> curve, double CostPoint::*cost, double amount) {
  if (curve.empty() || curve.front().*cost > amount) {
    return std::nullopt;
  }
  for (size_t i = 1; i < curve.size(); ++i) {
    const CostPoint &before = curve[i - 1], &after = curve[i];
    if (after.*cost >= amount && after.*cost > before.*cost) {
      const double share = (amount - before.*cost) / (after.*cost - before.*cost);
      return before.loss + share * (after.loss - before.loss);
    }
  }
  return curve.back().loss;
}

}  // namespace vffn
