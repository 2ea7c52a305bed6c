// One model's scores, from whatever file holds them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "eval/metrics.h"
#include "tasks/doc.h"

namespace vffn {

struct QuestionScore {
  int64_t doc_id = 0;
  double value = 0;              ///< of the metric: 0 or 1, or a cost
  std::optional<double> margin;  ///< of the gold choice over the best other one, in the metric's unit
  std::string asked;             ///< hash of prompts and choices; empty: the file does not say
  std::optional<size_t> gold;    ///< index of the right choice, where the file says so
};

/// A task, question by question.
struct TaskScores {
  std::string task;
  std::string split, data_sha256;  ///< empty: the file does not say
  std::string metric;
  bool accuracy = true;
  int64_t missing = 0;                   ///< asked for and not scored
  std::vector<QuestionScore> questions;  ///< by doc_id, ascending
  std::vector<Doc> docs;                 ///< one for each question, or none
};

/// An accuracy without the questions behind it.
struct TaskSummary {
  std::string task;
  std::string metric;  ///< empty: the file does not say
  double value = 0;    ///< fraction
  int64_t questions = 0;
};

struct ScoreSet {
  std::string name;     ///< as the user gave it; ends with "[UNTRAINED]" if its run says so (run_folder.h)
  std::string source;   ///< the files read
  std::string profile;  ///< whose protocol; empty: the file does not say
  std::vector<TaskScores> tasks;
  std::vector<TaskSummary> summaries;  ///< of every task; all there is if `tasks` is empty
  std::optional<double> average;       ///< of the summaries, where the source prints it rounded; fraction
  bool per_question() const { return !tasks.empty(); }
};

struct ScoreOptions {
  std::string profile;           ///< for ledgers; empty: the first whose tokens the ledger holds
  std::optional<Metric> metric;  ///< instead of each task's primary one
  bool prefer_samples = false;   ///< of a folder that has a ledger and sample files
};

/// Reads, by what `name` is,
///   a folder        its ledger.jsonl, or its samples_*.jsonl (of each task the latest), or its latest
///                   results_*.json
///   *.jsonl         a ledger, or a sample file of vffn or lm-evaluation-harness (samples_TASK_DATE.jsonl)
///   *.json          results of either: scores without questions
///   paper:SCALE/ROW, FILE.csv:ROW, FILE.csv:SCALE/ROW     a row of a published table (published_table.h)
/// Throws Error if it is none of these, is damaged, or lacks the metric.
ScoreSet ReadScoreSet(const std::string& name, const ScoreOptions& options);

/// Whether a folder or file holds a ledger; false for what is not there.
bool HasLedger(const std::string& name);
bool HasSamples(const std::string& name);

/// The parts, each for one kind of file.
ScoreSet ReadLedgerScores(const std::filesystem::path& path, const ScoreOptions& options);
ScoreSet ReadSampleScores(const std::vector<std::filesystem::path>& paths, const ScoreOptions& options);
ScoreSet ReadResultScores(const std::filesystem::path& path, const ScoreOptions& options);

}  // namespace vffn
