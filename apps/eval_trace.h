// The trace of an evaluation.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/progress.h"
#include "eval/evaluator.h"
#include "eval/transformer_scorer.h"
#include "model/config.h"
#include "text/tokenizer.h"
#include "trace/trace_writer.h"

namespace vffn {

struct TraceFlags {
  std::string folder;
  bool branches = false;
  std::vector<std::string> features;  ///< "task:doc_id"
  std::vector<int64_t> layers;        ///< whose features are kept; empty: all
};

/// Whether a folder has a trace of the flags' kind of every doc of the plan, and the branch features asked
/// for.
bool HasWholeTrace(const TraceFlags& flags, const ModelConfig& config, const EvaluationPlan& plan);

/// Writes what a scorer shows into a trace folder. Without --trace it does nothing.
class EvalTrace {
 public:
  /// Throws Error if flags ask for what model or plan do not have, or as TraceWriter.
  EvalTrace(const TraceFlags& flags, const ModelConfig& config, const LedgerIdentity& identity,
            const EvaluationPlan& plan, const std::string& model_name, const Tokenizer& tokenizer,
            bool resume);

  void AttachTo(TransformerScorer& scorer);

  /// Runs docs of the plan that the trace still lacks, or whose branch features are not there: an earlier run
  /// scored them, and left none.
  /// Throws Interrupted on a stop.
  void Complete(const EvaluationPlan& plan, Scorer& scorer, Progress& progress, std::stop_token stop);

  /// Also after an interrupt, so that nothing is lost.
  void Finish();

 private:
  bool Lacks(const RequestDoc& doc) const;

  std::string folder_;
  std::unique_ptr<TraceWriter> writer_;
  std::set<std::pair<std::string, int64_t>> features_;
  std::set<int64_t> layers_;  // empty: all
};

}  // namespace vffn
