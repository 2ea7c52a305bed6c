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
  std::optional<ConfidenceInterval> interval;  ///< bootstrap
  std::optional<double> p;           ///< accuracies: mid-p of SignFlipTest; others: t test over clusters
  std::optional<double> exact_p;     ///< accuracies only
  std::optional<double> adjusted_p;  ///< Holm
  /// Accuracies: smallest difference in questions that was likely to be found, at the share of questions that
  /// changed here.
  std::optional<int64_t> detectable_questions;
};

/// Of the unweighted means.
struct AverageComparison {
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
  std::optional<AverageComparison> average;  ///< of two counted tasks or more with one metric's kind
};

/// Throws Error on no tasks, a task without questions, or an accuracy that is neither 0 nor 1.
Comparison Compare(std::span<const PairedTask> tasks, const ComparisonOptions& options);

/// Fills adjusted_p: the tasks of all comparisons are one family, their averages another.
void AdjustForMultiplicity(std::span<Comparison> comparisons);

}  // namespace vffn
