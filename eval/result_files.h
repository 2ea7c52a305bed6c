// Result files, with the keys of lm-evaluation-harness 0.4.13 so that its tooling reads them, and ours under
// "vffn".
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "eval/evaluator.h"
#include "eval/results.h"

namespace vffn {

/// What results do not follow from: who ran what, when, for how long.
struct RunInfo {
  // The model and its tokenizer.
  std::string model_path;
  std::string model_args;  ///< "top_k=2,loops=3": options of the model, as given
  int64_t parameters = 0;
  OrderedJson model = OrderedJson::object();      ///< format, configuration ...
  OrderedJson tokenizer = OrderedJson::object();  ///< pipeline, source ...
  // The run.
  std::string program_version;
  std::optional<std::string> git_hash;  ///< of the program
  std::string device;                   ///< "cpu"
  std::optional<int64_t> workers;
  std::optional<double> limit;                  ///< docs per task that were asked for; absent: all
  OrderedJson scoring = OrderedJson::object();  ///< what it cost: seconds, tokens, FLOPs
  // The time.
  std::string date_id;       ///< in file names; see DateId
  double start_seconds = 0;  ///< Unix time
  double elapsed_seconds = 0;
};

/// "2026-11-22T15-30-00.123456": UTC, as the harness spells local time in file names.
std::string DateId(double unix_seconds);

/// The document of results_*.json. Of two runs with equal results only the RunInfo makes a difference:
/// `date`, `total_evaluation_time_seconds`, `config` and `vffn.scoring`. An absent standard error is null
/// under "vffn", and "N/A" under "results" as the harness writes it (its table printer fails on null).
OrderedJson ResultsJson(const Results& results, const RunInfo& info);

/// Writes `folder`/results_DATE.json; returns its path. Throws Error if it cannot be written.
std::filesystem::path WriteResults(const std::filesystem::path& folder, const Results& results,
                                   const RunInfo& info);

/// Writes `folder`/samples_TASK_DATE.jsonl for each task; returns their paths.
std::vector<std::filesystem::path> WriteSamples(const std::filesystem::path& folder,
                                                const EvaluationPlan& plan, const LedgerContents& ledger,
                                                const RunInfo& info);

}  // namespace vffn
