// A study: models that were trained by several methods with several seeds, and what was measured of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analysis/document_loss.h"
#include "analysis/estimate.h"
#include "reports/training/training_run.h"
#include "runs/manifests/manifest.h"

namespace vffn {

struct StudyTask {
  std::string task;
  Estimate accuracy;                  ///< fraction
  double chance = 0;                  ///< mean of 1 / number of choices
  std::vector<double> bits_per_byte;  ///< of the right answer, question by question
};

/// Decisions of a layer while the model was scored: the most probable loop count of each token.
struct StudyLayer {
  std::vector<double> loop_shares;        ///< [L_max] share of the tokens; empty: no loops are predicted
  std::optional<double> heaviest_expert;  ///< largest load / mean load
};

struct StudyRun {
  std::string name, method;  ///< the method is the name without the seed
  std::optional<uint64_t> seed;
  int64_t parameters = 0;
  std::optional<double> ffn_flops;      ///< of one token, by the paper's formula
  std::optional<TrainingRun> training;  ///< absent: trained elsewhere
  std::vector<DocumentLoss> losses;     ///< empty: not measured
  std::vector<std::pair<std::string, std::vector<DocumentLoss>>> controls;  ///< by model options
  std::vector<StudyTask> tasks;
  std::vector<StudyLayer> layers;  ///< empty: not traced
};

struct Study {
  std::string title;
  std::vector<StudyRun> runs;
  std::vector<StudyTablePlan> tables;
};

/// The runs of a method, one for each seed.
std::vector<const StudyRun*> RunsOf(const Study& study, const std::string& method);

/// A mean over seeds and its errors: over what was measured (documents, questions) and over seeds.
struct SeededEstimate {
  Estimate mean;  ///< of the seeds' values; the error is that of the same measurements, averaged over seeds
  std::vector<double> seeds;  ///< the value of each seed

  /// Sample standard deviation of the seeds' values; absent for one seed.
  std::optional<double> deviation() const;
  /// Half width of the 95 % interval of the mean over seeds (Student's t); absent for one seed.
  std::optional<double> half_width() const;
};

/// What a comparison takes of a summary.
enum class LossUnit { kNatsPerToken, kBitsPerByte };

/// The loss of a method; absent if it was not measured for any seed.
std::optional<SeededEstimate> LossOf(const Study& study, const std::string& method, LossUnit unit);

/// The loss of `method` minus that of `baseline`, document by document and seed by seed, over the seeds that
/// both have.
std::optional<SeededEstimate> LossDifference(const Study& study, const std::string& method,
                                             const std::string& baseline, LossUnit unit);

/// The loss under the control minus that without it, for the runs of a method.
std::optional<SeededEstimate> ControlDifference(const Study& study, const std::string& method,
                                                const std::string& control, LossUnit unit);

/// Progress of a training run in what it costs, at its evaluations.
struct CostPoint {
  double seconds = 0, flops = 0;  ///< of training so far, evaluations and checkpoints left out
  double loss = 0;                ///< held-out, of the evaluation in training
};
std::vector<CostPoint> CostCurve(const TrainingRun& run);

/// The loss when the cost has reached `amount`, between two evaluations on a straight line; that of the last
/// evaluation if the run ended before. Absent without evaluations.
std::optional<double> LossAt(std::span<const CostPoint> curve, double CostPoint::*cost, double amount);

}  // namespace vffn
