// results_*.json: the scores of a run, task by task. The keys are those of lm-evaluation-harness 0.4.13, so
// that its tooling reads the file; what only this program has is under "vffn". Files of the harness are read,
// too. Scores are fractions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "eval/results.h"
#include "model/config.h"
#include "model/executed_work.h"
#include "trace/run_identity.h"

namespace vffn {

struct MetricRecord {
  std::string name;                      ///< "acc"
  std::optional<double> value;           ///< absent: not defined for the task
  std::optional<double> standard_error;  ///< absent for fewer than two docs
  bool reported = true;                  ///< one of the profile's metrics: under the harness's keys, too
  bool higher_is_better = true;
  std::string divisor;  ///< what log-likelihoods are divided by, in words; empty in the harness's files

  bool operator==(const MetricRecord&) const = default;
};

/// The calibration of a task's answers under one accuracy.
struct CalibrationRecord {
  std::string metric;
  Calibration calibration;

  bool operator==(const CalibrationRecord&) const = default;
};

struct TaskRecord {
  std::string name;
  std::optional<int64_t> docs;           ///< scored; absent: the file does not tell
  std::optional<int64_t> data_set_size;  ///< docs in the data set; absent: the file does not tell
  std::vector<MetricRecord> metrics;
  std::optional<std::string> task_hash;  ///< see TaskHash

  // Only in files of this program.
  std::string split, data_sha256;
  std::string primary_metric;       ///< empty in the harness's files, which name none
  int64_t shots = 0;                ///< solved examples in every prompt
  int64_t missing = 0;              ///< requested, not scored: the run was cut short
  std::optional<double> chance;     ///< mean of 1 / number of choices; absent if docs have one choice
  std::optional<Estimate> centred;  ///< chance-centred primary accuracy
  std::vector<CalibrationRecord> calibrations;
  Truncation truncation;

  const MetricRecord* FindMetric(std::string_view metric) const;  ///< null if there is none
  bool operator==(const TaskRecord&) const = default;
};

/// The name and commit of the program that made a file.
struct ProgramInfo {
  std::string version;                  ///< "0.1.0"
  std::optional<std::string> git_hash;  ///< absent: built outside a checkout

  bool operator==(const ProgramInfo&) const = default;
};

/// The part of a task in a ScoringRecord.
struct TaskScoring {
  int64_t docs = 0;
  int64_t trie_tokens = 0;  ///< tokens that several docs share are those of the first one
  double seconds = 0;       ///< the tasks' sum is ScoringRecord::seconds_scoring (TransformerScorer)

  bool operator==(const TaskScoring&) const = default;
};

/// The work and time of scoring in the process that finished a run. Docs that earlier processes scored are
/// not counted.
struct ScoringRecord {
  int64_t workers = 0;
  std::optional<double> seconds_to_first_score;  ///< absent: nothing was scored
  double seconds_scoring = 0;
  int64_t docs = 0;
  int64_t query_tokens = 0;             ///< of all requests, without sharing contexts
  int64_t trie_tokens = 0;              ///< that went through the model
  int64_t scored_tokens = 0;            ///< of continuations
  int64_t head_rows = 0;                ///< positions whose logits were computed
  int64_t visible_pairs = 0;            ///< (query, key) pairs of attention without a window
  std::optional<int64_t> window_pairs;  ///< those inside the model's window; absent if it has none
  int64_t necessary_flops = 0;
  std::map<std::string, TaskScoring> tasks;  ///< by name; empty in files of older programs
  ExecutedWork executed;

  /// Calls visit(name, field) for every field but `tasks` and `executed`.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("workers", self.workers);
    visit("seconds_to_first_score", self.seconds_to_first_score);
    visit("seconds_scoring", self.seconds_scoring);
    visit("docs", self.docs);
    visit("query_tokens", self.query_tokens);
    visit("trie_tokens", self.trie_tokens);
    visit("scored_tokens", self.scored_tokens);
    visit("head_rows", self.head_rows);
    visit("visible_pairs", self.visible_pairs);
    visit("window_pairs", self.window_pairs);
    visit("necessary_flops", self.necessary_flops);
  }

  bool operator==(const ScoringRecord&) const = default;
};

/// The special tokens that a run put around its texts (eval/token_placement.h).
struct SpecialTokensRecord {
  std::vector<int32_t> before, after;
  std::string reason;                    ///< in words, with the file that decided
  std::optional<int32_t> empty_context;  ///< stood in for empty contexts; absent: nothing does
  std::string empty_context_reason;

  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("before", self.before);
    visit("after", self.after);
    visit("reason", self.reason);
    visit("empty_context", self.empty_context);
    visit("empty_context_reason", self.empty_context_reason);
  }

  bool operator==(const SpecialTokensRecord&) const = default;
};

/// Model, options and time of a run: what its scores do not tell.
struct RunInfo {
  std::string model_args;  ///< options of the model as given ("top_k=2,loops=3")
  std::string model_format;
  std::optional<ModelConfig> config;  ///< absent: the ledger of an older program does not tell it
  int64_t parameters = 0;             ///< 0: as the configuration, not known
  bool untrained = false;             ///< an untrained model (for example, freshly upcycled)
  std::string tokenizer_pipeline, tokenizer_source;
  std::optional<SpecialTokensRecord> special_tokens;  ///< absent in files of older programs
  ProgramInfo program;
  std::string device;                    ///< "cpu"
  std::optional<double> limit;           ///< docs per task that were requested; absent: all
  std::optional<ScoringRecord> scoring;  ///< absent: not recorded
  double start_seconds = 0;              ///< Unix time
  double elapsed_seconds = 0;

  bool operator==(const RunInfo&) const = default;
};

/// A task that was asked in two forms (eval/task_forms.h), with the score of the better one.
struct BestFormRecord {
  std::string task;            ///< "arc_challenge"
  std::string cloze, letters;  ///< names of the tasks of its forms
  std::string best;            ///< NameOf(Form)
  double value = 0;
  std::optional<double> standard_error;  ///< of that form alone
  double chance = 0;

  bool operator==(const BestFormRecord&) const = default;
};

/// The unweighted mean of the tasks with one primary metric that is no percentage.
struct LossAverageRecord {
  Estimate estimate;
  int64_t tasks = 0;

  bool operator==(const LossAverageRecord&) const = default;
};

/// What a results file of this program tells besides the tasks.
struct RunRecord {
  RunInfo info;
  RunIdentity identity;
  std::string profile, profile_description;
  std::string rendering, encoding;
  /// Unweighted, of the tasks' primary metrics that are percentages; absent if there are none. A task in two
  /// forms counts once.
  std::optional<Estimate> average;
  std::optional<double> average_chance;
  std::map<std::string, LossAverageRecord> loss_averages;  ///< of the other primary metrics, by metric
  std::optional<CentredAverage> centred;                   ///< absent in files of older programs, too
  std::vector<BestFormRecord> best_forms;  ///< empty under profiles that count forms by themselves

  bool operator==(const RunRecord&) const = default;
};

struct ResultsFile {
  std::string origin;      ///< the file, for messages; empty if it was not read from one
  std::string model_name;  ///< path of the model as given; empty: the file does not tell
  std::vector<TaskRecord> tasks;
  std::optional<RunRecord> run;  ///< absent in files of other programs

  const TaskRecord* FindTask(std::string_view task) const;  ///< null if there is none
  bool operator==(const ResultsFile&) const = default;
};

ResultsFile MakeResultsFile(const Results& results, const std::string& model_name, RunInfo info);

/// The document of a file of this program; `file.run` must be there. An absent standard error is null under
/// "vffn" and "N/A" under the harness's keys, as its table printer expects.
OrderedJson ToJson(const ResultsFile& file);

/// The inverse, also for documents of the harness; tasks and metrics are ordered by name. Throws Error,
/// beginning with `origin` and naming the field, on anything missing or of the wrong type.
ResultsFile ParseResultsFile(const Json& json, const std::string& origin);

/// Throws Error naming the file.
ResultsFile ReadResultsFile(const std::filesystem::path& path);
void WriteResultsFile(const std::filesystem::path& path, const ResultsFile& file);

}  // namespace vffn
