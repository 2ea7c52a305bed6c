// One model's scores for comparison, from a ledger, sample files or results.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "eval/metrics.h"
#include "tasks/doc.h"

namespace vffn {

struct LedgerContents;
struct ResultsFile;
struct SamplesFile;

struct QuestionScore {
  int64_t doc_id = 0;
  double value = 0;              ///< of the metric: 0 or 1, or a cost
  std::optional<double> margin;  ///< of the gold choice over the best other one, in the metric's unit
  std::string asked;             ///< hash of prompts and choices; empty: the file does not tell
  std::optional<size_t> gold;    ///< index of the right choice, where the file tells
};

/// A task, question by question.
struct TaskScores {
  std::string task;
  std::string split, data_sha256;  ///< empty: the file does not tell
  std::string metric;
  bool accuracy = true;
  bool higher_is_better = accuracy;
  bool counted = true;                   ///< in averages; false of one form of a task that has two
  int64_t missing = 0;                   ///< requested, not scored
  std::vector<QuestionScore> questions;  ///< by doc_id, ascending
  std::vector<Doc> docs;                 ///< one for each question, or none
};

/// An accuracy without the questions behind it.
struct TaskSummary {
  std::string task;
  std::string metric;  ///< empty: the file does not tell
  double value = 0;    ///< fraction
  int64_t questions = 0;
  bool counted = true;  ///< in averages
};

/// The name of a task in two forms that stands for the better one (eval/task_forms.h): "piqa: best of both".
std::string BestFormName(const std::string& task);

struct ScoreSet {
  std::string name;     ///< as the user gave it; ends with "[UNTRAINED]" if the run is
  std::string source;   ///< the files read
  std::string profile;  ///< whose protocol; empty: the file does not tell
  std::shared_ptr<const LedgerContents> ledger;  ///< that was read; null: none, or not by ReadScoreSet
  std::optional<std::filesystem::path> folder;   ///< of the ledger's run, where its samples may be
  std::vector<TaskScores> tasks;
  std::vector<TaskSummary> summaries;  ///< of every task; all there is if `tasks` is empty
  std::optional<double> average;       ///< of the summaries, as the source prints it; fraction
  std::vector<std::string> notes;      ///< about how they were read, for the reader of a comparison
  bool per_question() const { return !tasks.empty(); }
};

struct ScoreOptions {
  std::string profile;                         ///< for ledgers; empty: that of the run (ProfileOfRun)
  std::optional<Metric> metric;                ///< instead of each task's primary one
  std::map<std::string, Metric> task_metrics;  ///< instead of that one task's primary one
  bool prefer_samples = false;                 ///< in a folder that has a ledger and sample files

  /// The metric asked for of a task; nothing: its primary one.
  std::optional<Metric> MetricOf(const std::string& task) const;
};

/// The scores of a run, which `path` names (FindRun):
///   a folder        its ledger, or its sample files (the latest of each task), or its latest results
///   a file          of samples or results that file alone; else as its folder
/// Files are those of vffn or of lm-evaluation-harness; results have no questions. The name is the path.
/// Notes say which files were used where there is a choice. Throws Error as ReadRunSources, and if a file is
/// damaged or lacks the metric.
ScoreSet ReadScoreSet(const std::string& path, const ScoreOptions& options);

/// Whether a folder or file has samples and no ledger; false if it does not exist.
bool HasSamplesAlone(const std::string& path);

// From one kind of record each, without a name. Throw Error if there are no scores or the metric is not
// there.
ScoreSet ScoresOfLedger(const LedgerContents& ledger, const ScoreOptions& options);
ScoreSet ScoresOfSamples(const std::vector<SamplesFile>& files, const ScoreOptions& options);
ScoreSet ScoresOfResults(const ResultsFile& results, const ScoreOptions& options);

}  // namespace vffn
