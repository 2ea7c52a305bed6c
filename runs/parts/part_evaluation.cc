#include "runs/parts/part_evaluation.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/progress.h"
#include "eval/plan_share.h"
#include "runs/folders/output_check.h"
#include "runs/parts/part_record.h"
#include "runs/parts/run_parts.h"
#include "runs/run_scorer.h"
#include "runs/scores/samples_file.h"

namespace vffn {
namespace {

// Rows of a part's trace that are read at once when parts are joined.
constexpr int64_t kRowsInGroup = 1 << 13;

class PartRun {
 public:
  PartRun(Evaluation& evaluation)
      : evaluation_(evaluation),
        options_(evaluation.options),
        parts_(evaluation.folder()),
        part_(parts_.Of(options_.shard)) {}

  PartOutcome Run(const std::stop_token& stop) {
    CheckOverwrite(options_.overwrite, options_.resume, options_.shard);
    CheckWritable(options_.output_path, BytesOfLedger(evaluation_.plan));
    parts_.CheckCount(options_.shard);
    VFFN_CHECK(!evaluation_.folder().HasLedger() || std::filesystem::exists(part_.record()),
               evaluation_.folder().ledger().string(), ": there is a ledger already, and it was not made by ",
               options_.shard.count, " processes; choose another folder");
    TakeShare();
    Resume();
    std::filesystem::create_directories(part_.folder.path());
    {
      Ledger ledger =
          options_.resume
              ? Ledger::OpenCut(part_.folder.ledger(), HeaderOf(evaluation_), record_.ledger_bytes)
              : Ledger::Open(part_.folder.ledger(), HeaderOf(evaluation_), LedgerMode::kNew);
      parts_.Mark(options_.shard, kLedgerParts, false);
      if (record_.docs_scored < record_.docs || LacksTrace()) {
        Score(ledger, stop);
      } else if (!is_saved_) {
        Save(ledger, ScoringRecord());
      }
      WriteSamples(ledger.contents());
      parts_.Mark(options_.shard, kLedgerParts, true);
    }
    return {.folder = part_.folder.path(),
            .docs = record_.docs,
            .finished = parts_.CountMarked(options_.shard.count, kLedgerParts)};
  }

 private:
  /// Describes the whole run, then leaves this rank's docs in the plan.
  void TakeShare() {
    EvaluationPlan& plan = evaluation_.plan;
    const ModelConfig& config = evaluation_.checkpoint->config();
    trace_ = options_.trace;
    if (!trace_.folder.empty()) {
      ContentsOf(trace_, config, plan);  // every rank refuses wrong flags, whatever its docs are
      trace_.folder = part_.folder.trace().string();
    }
    const std::vector<int> ranks = AssignDocs(plan, config, options_.shard.count);
    record_ = {.shard = options_.shard,
               .plan_sha256 = PlanHash(plan, ranks),
               .docs = std::ranges::count(ranks, options_.shard.rank),
               .samples = options_.log_samples,
               .trace = options_.trace.folder,
               .tasks = PartTasksOf(plan)};
    record_.run = MakeResultsFile({.profile = plan.profile, .identity = evaluation_.identity}, options_.model,
                                  InfoOf(evaluation_, ScoringRecord()));
    KeepDocsOf(options_.shard.rank, ranks, plan);
    trace_ = FlagsWithin(std::move(trace_), plan);
  }

  /// Goes on from what an earlier process of this rank has saved.
  void Resume() {
    if (!options_.resume || !std::filesystem::exists(part_.record())) {
      return;
    }
    const PartRecord before = ReadPartRecord(part_.record());
    const std::string origin = part_.record().string();
    std::string differences;
    for (const IdentityDifference& difference :
         DifferencesOf(before.run.run->identity, evaluation_.identity)) {
      differences +=
          "\n  " + difference.field + ": " + difference.a + " in the part, " + difference.b + " now";
    }
    VFFN_CHECK(differences.empty(), origin,
               ": the part belongs to another run; choose another folder:", differences);
    VFFN_CHECK(before.plan_sha256 == record_.plan_sha256, origin,
               ": the part was begun with other docs (--tasks, --limit, --data, --profile) or by another "
               "version of the program; choose another folder");
    before_ = *before.run.run->info.scoring;
    seconds_before_ = before.run.run->info.elapsed_seconds;
    record_.run.run->info.start_seconds = before.run.run->info.start_seconds;
    record_.docs_scored = before.docs_scored;
    record_.ledger_bytes = before.ledger_bytes;
    is_saved_ = before.samples == record_.samples && before.trace == record_.trace;
  }

  /// Whether a part that has all scores was run without its trace.
  bool LacksTrace() const {
    return record_.docs > 0 && !trace_.folder.empty() &&
           !HasWholeTrace(trace_, evaluation_.checkpoint->config(), evaluation_.plan);
  }

  void Score(Ledger& ledger, const std::stop_token& stop) {
    evaluation_.StartLoading();
    const auto model = evaluation_.loading.get();
    Progress progress;
    progress.Item(options_.item.number, options_.item.count);
    EvalTrace trace(
        trace_, evaluation_.plan, TracedRunOf(evaluation_),
        {.mode = options_.resume ? TraceMode::kResume : TraceMode::kNew, .rows_in_group = kRowsInGroup});
    RunScorer scorer(*model, trace, evaluation_.start);
    const auto save = [&] {
      trace.EndPart();
      ledger.Sync();
      Save(ledger, scorer.Record());
    };
    ScoreDocs(evaluation_.plan, scorer, ledger, progress, stop, save);
    trace.Complete(evaluation_.plan, scorer, progress, stop);
    trace.Finish();
    Save(ledger, scorer.Record());
  }

  /// `scoring` is of this process.
  void Save(const Ledger& ledger, const ScoringRecord& scoring) {
    record_.docs_scored = 0;
    for (const auto& [task, docs] : ledger.contents().docs) {
      record_.docs_scored += static_cast<int64_t>(docs.size());
    }
    record_.ledger_bytes = ledger.Size();
    RunInfo& info = record_.run.run->info;
    info.scoring = before_;
    AddScoring(scoring, *info.scoring);
    info.scoring->workers = std::max(before_.workers, scoring.workers);  // one process after the other
    info.elapsed_seconds = seconds_before_ + InfoOf(evaluation_, scoring).elapsed_seconds;
    WritePartRecord(part_.record(), record_);
  }

  void WriteSamples(const LedgerContents& ledger) const {
    if (options_.log_samples) {
      for (const TaskRun& task : evaluation_.plan.tasks) {
        WriteSamplesFile(part_.samples(task.name), MakeSamplesFile(*evaluation_.plan.profile, task, ledger));
      }
    }
  }

  Evaluation& evaluation_;
  const EvaluationOptions& options_;
  RunParts parts_;
  RunPart part_;
  TraceFlags trace_;  // into the part
  PartRecord record_;
  ScoringRecord before_;  // of earlier processes of this rank
  double seconds_before_ = 0;
  bool is_saved_ = false;  // an earlier process has, with these options
};

}  // namespace

PartOutcome RunPartOf(Evaluation& evaluation, const std::stop_token& stop) {
  PartOutcome outcome = PartRun(evaluation).Run(stop);
  outcome.merged = MergeIfComplete(evaluation.folder(), evaluation.options.shard);
  return outcome;
}

std::optional<MergedRun> MergeIfComplete(const RunFolder& run, const Shard& shard) {
  const RunParts parts(run);
  if (parts.CountMarked(shard.count, kLedgerParts) < shard.count) {
    return std::nullopt;
  }
  return MergeRun({.folders = {run.path()}, .output = run.path()});
}

}  // namespace vffn
