// Parts of a run, as the processes that share it write them, without a model.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "eval/plan_share.h"
#include "runs/parts/part_record.h"
#include "runs/parts/run_parts.h"
#include "runs/scores/samples_file.h"
#include "tests/eval/fake_run.h"
#include "tests/model/small_model.h"

namespace vffn {

/// Work that can be told apart: each doc is one token.
inline ScoringRecord WorkOf(int64_t docs) {
  ScoringRecord record{.workers = 2, .seconds_scoring = 1, .docs = docs, .head_rows = 3 * docs};
  record.executed = {.tokens = docs, .layers = {{{docs}}, {{docs}}}, .output_head = docs};
  record.executed.decisions = {{{docs, 0}, docs}, {{0, docs}, 0}};
  return record;
}

inline RunInfo SharedInfo(int64_t docs, double start_seconds) {
  return {.model_format = "vffn",
          .config = SmallModel(),
          .parameters = 7,
          .program = {.version = "0.1.0"},
          .device = "cpu",
          .scoring = WorkOf(docs),
          .start_seconds = start_seconds,
          .elapsed_seconds = 10 + start_seconds};
}

/// Scores a rank's docs as `vffn eval --shard --log_samples` does; the first `most` of them, if that is
/// given.
inline RunPart WriteSharedPart(const std::filesystem::path& run, const Shard& shard,
                               const EvaluationPlan& whole, const LedgerHeader& header = MakeHeader(),
                               size_t most = SIZE_MAX) {
  const RunPart part = RunParts(RunFolder(run)).Of(shard);
  std::filesystem::create_directories(part.folder.path());
  EvaluationPlan plan = whole;
  const std::vector<int> ranks = AssignDocs(plan, SmallModel(), shard.count);
  PartRecord record{.shard = shard,
                    .plan_sha256 = PlanHash(plan, ranks),
                    .docs = std::ranges::count(ranks, shard.rank),
                    .samples = true,
                    .tasks = PartTasksOf(plan)};
  KeepDocsOf(shard.rank, ranks, plan);
  Ledger ledger = Ledger::Open(part.folder.ledger(), header, LedgerMode::kNew);
  for (const TaskRun& task : plan.tasks) {
    ledger.BeginTask(LedgerTaskOf(task));
  }
  FakeScorer scorer;
  SilentProgress progress;
  for (TaskRun& task : plan.tasks) {
    const size_t docs = std::min(most, task.requests.size());
    most -= docs;
    task.examples.resize(docs);
    task.docs.resize(docs);
    task.requests.resize(docs);
  }
  std::erase_if(plan.tasks, [](const TaskRun& task) { return task.requests.empty(); });
  if (!plan.tasks.empty()) {
    ScoreDocs(plan, scorer, ledger, progress, {});
  }
  for (const TaskRun& task : plan.tasks) {
    WriteSamplesFile(part.samples(task.name), MakeSamplesFile(*plan.profile, task, ledger.contents()));
  }
  record.docs_scored = scorer.scored;
  record.ledger_bytes = ledger.Size();
  record.run = MakeResultsFile({.profile = plan.profile, .identity = header.identity}, "m.gguf",
                               SharedInfo(scorer.scored, 100 + shard.rank));
  WritePartRecord(part.record(), record);
  RunParts(RunFolder(run)).Mark(shard, kLedgerParts, record.finished());
  return part;
}

}  // namespace vffn
