// The trace of an evaluation: which docs it holds, and writing it.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/progress.h"
#include "eval/evaluation_plan.h"
#include "eval/ledger.h"
#include "eval/transformer_scorer.h"
#include "model/config.h"
#include "runs/scores/results_file.h"
#include "text/tokenizer.h"
#include "trace/ordered_sink.h"
#include "trace/trace_writer.h"

namespace vffn {

/// As given on the command line or in a manifest.
struct TraceFlags {
  std::string folder;                 ///< empty: no trace
  bool branches = false;              ///< trace the cosine of both branches, too
  std::vector<std::string> features;  ///< "task:doc_id": docs whose branch features are kept
  std::vector<int64_t> layers;        ///< whose features are kept; empty: all
};

/// What a trace is to hold.
struct TraceContents {
  TraceShape shape;
  std::set<std::pair<std::string, int64_t>> features;  ///< docs (task, doc_id) whose branch features are kept
  std::set<int64_t> layers;                            ///< whose features; empty: all
};

/// Throws Error if the flags name documents that are not in the plan or layers that the model does not have,
/// or want two branches of a model that does not run two.
TraceContents ContentsOf(const TraceFlags& flags, const ModelConfig& config, const EvaluationPlan& plan);

/// The flags without branch features of docs that are not in the plan.
TraceFlags FlagsWithin(TraceFlags flags, const EvaluationPlan& plan);

/// Whether the folder holds a complete trace: every doc of the plan in the shape that the flags ask for, with
/// all branch features. Throws Error as ContentsOf, and on a damaged trace.
bool HasWholeTrace(const TraceFlags& flags, const ModelConfig& config, const EvaluationPlan& plan);

/// The run that a trace belongs to.
struct TracedRun {
  const ModelConfig& config;
  const RunIdentity& identity;  ///< the ledger's
  std::string model;            ///< path of the checkpoint
  const Tokenizer& tokenizer;
  ProgramInfo program;
};

/// Throws Error as ContentsOf, if another process writes the trace, and if there is one already that is not
/// to be continued or replaced, or of another run. Changes nothing.
void CheckTrace(const TraceFlags& flags, const EvaluationPlan& plan, const TracedRun& run, LedgerMode mode);

/// Writes the decisions of a scorer's model into a trace folder. Does nothing if the flags name no folder.
class EvalTrace {
 public:
  /// Throws Error as ContentsOf or TraceWriter.
  EvalTrace(const TraceFlags& flags, const EvaluationPlan& plan, const TracedRun& run,
            const TraceWriterOptions& options);

  void AttachTo(TransformerScorer& scorer);

  /// Must be called before docs are scored: the trace has them in this order.
  void Expect(std::span<const RequestDoc> docs);

  /// Writes the docs that wait for others, which the scorer did not score.
  void Release();

  /// Finishes the file that was begun (TraceWriter::EndPart).
  void EndPart();

  /// Runs the docs of the plan that the trace lacks although the ledger has their scores. Throws Interrupted
  /// on a stop.
  void Complete(const EvaluationPlan& plan, Scorer& scorer, Progress& progress, std::stop_token stop);

  /// Must be called after an interrupt, too; otherwise the docs of the last part are lost.
  void Finish();

 private:
  std::string folder_;
  TraceContents contents_;
  std::unique_ptr<TraceWriter> writer_;
  std::unique_ptr<OrderedSink> ordered_;  // passes on to the writer
};

}  // namespace vffn
