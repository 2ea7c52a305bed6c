// Paired comparison of two models on the same questions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/paired_bootstrap.h"
#include "analysis/paired_error.h"
#include "analysis/power.h"

namespace vffn {

/// One question. Accuracies: 0 or 1; others: any number.
struct PairedQuestion {
  int64_t doc_id = 0;
  double a = 0, b = 0;
  std::optional<double> a_margin, b_margin;  ///< of the gold choice over the best other one
};

struct PairedTask {
  std::string task;
  std::string metric;
  bool accuracy = true;
  bool higher_is_better = accuracy;
  bool counted = true;  ///< in the average
  std::vector<PairedQuestion> questions;
  std::vector<int64_t> clusters;  ///< an id each; empty: none are known
};

struct ComparisonOptions {
  BootstrapOptions bootstrap;
  PowerOptions power;
};

/// Everything is b - a, in the metric's own unit; absent: the data cannot tell.
struct TaskComparison {
  std::string task, metric;
  bool accuracy = true;
  bool higher_is_better = accuracy;
  int64_t questions = 0;
  bool clustered = false;
  double a = 0, b = 0;
  MeanDifference difference;
  int64_t gained = 0, lost = 0;  ///< accuracies: only b right, only a right; others: b better, b worse
  int64_t moved = 0;             ///< questions whose margins differ, whatever the answers
  /// Bootstrap. Accuracies that do not vary, because no question changed or all did in one direction:
  /// IntervalWithoutVariation.
  std::optional<ConfidenceInterval> interval;
  std::optional<double> p;           ///< accuracies: mid-p of SignFlipTest; others: t test over clusters
  std::optional<double> exact_p;     ///< accuracies only
  std::optional<double> adjusted_p;  ///< Holm
  /// Smallest difference that was likely to be found. Accuracies: at the share of questions that changed
  /// here, of whole questions; others: (z_alpha/2 + z_power) standard errors.
  std::optional<double> detectable;
};

/// Of the unweighted means over tasks of one kind.
struct AverageComparison {
  bool accuracy = true;
  std::string metric;  ///< of all of the tasks; accuracies may have several: empty
  bool higher_is_better = accuracy;
  int64_t tasks = 0;
  double a = 0, b = 0;
  MeanDifference difference;
  std::optional<ConfidenceInterval> interval;  ///< stratified bootstrap
  std::optional<double> p;                     ///< normal
  std::optional<double> adjusted_p;            ///< Holm
  std::optional<double> detectable;            ///< (z_alpha/2 + z_power) standard errors
};

struct Comparison {
  std::vector<TaskComparison> tasks;
  /// Of the accuracies, then of each other metric, where two counted tasks or more have it.
  std::vector<AverageComparison> averages;

  /// Whether a question has another score; if not, the models gave the same answers.
  bool HasChanges() const;
};

/// The interval of b - a of accuracies whose differences are all `difference` (-1, 0 or 1), from Wilson's
/// interval of the share of questions that differ from that: a question that did is at worst one that changed
/// the other way.
ConfidenceInterval IntervalWithoutVariation(double difference, int64_t questions, double confidence);

/// Throws Error on no tasks, a task without questions, or an accuracy that is neither 0 nor 1.
Comparison Compare(std::span<const PairedTask> tasks, const ComparisonOptions& options);

/// Fills adjusted_p: the tasks of all comparisons are one family, their averages another.
void AdjustForMultiplicity(std::span<Comparison> comparisons);

}  // namespace vffn
