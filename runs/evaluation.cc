#include "runs/evaluation.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <optional>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/progress.h"
#include "eval/plan_encoding.h"
#include "model/arithmetic.h"
#include "model/compute_check.h"
#include "runs/folders/output_check.h"
#include "runs/folders/run_removal.h"
#include "runs/ledger_facts.h"
#include "runs/parts/run_parts.h"
#include "runs/provenance.h"
#include "runs/run_scorer.h"
#include "runs/scores/samples_file.h"
#include "runs/setting_faults.h"
#include "runs/tasks/profile_tasks.h"
#include "runs/tasks/task_reader.h"
#include "runs/tasks/task_source.h"

namespace vffn {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The longest sequence: the model's, or a shorter one that was asked for.
int64_t MaxLength(const EvaluationOptions& options, const ModelConfig& config) {
  VFFN_CHECK(options.max_length >= 0 && options.max_length <= config.max_sequence_length, "--max_length ",
             options.max_length, ": the model takes up to ", config.max_sequence_length, " tokens");
  return options.max_length > 0 ? options.max_length : config.max_sequence_length;
}

SpecialTokensRecord RecordOf(const TokenPlacement& placement) {
  SpecialTokensRecord record{
      .before = placement.around.before, .after = placement.around.after, .reason = placement.around_reason};
  if (placement.empty_context) {
    record.empty_context = placement.empty_context->id;
    record.empty_context_reason = placement.empty_context->source;
  }
  return record;
}

bool HasEveryDoc(const EvaluationPlan& plan, const LedgerContents& ledger) {
  for (const TaskRun& run : plan.tasks) {
    for (const RequestDoc& doc : run.requests) {
      const ScoredDoc* scored = ledger.FindDoc(run.name, doc.doc_id);
      if (scored == nullptr || scored->request_sha256 != RequestHash(doc)) {
        return false;
      }
    }
  }
  return true;
}

/// Whether the latest results are of the plan's docs.
bool HasResults(const Evaluation& evaluation) {
  const auto path = evaluation.folder().LatestResults();
  if (!path) {
    return false;
  }
  const ResultsFile file = ReadResultsFile(*path);
  return file.run && file.run->profile == evaluation.plan.profile->name &&
         file.tasks.size() == evaluation.plan.tasks.size() &&
         std::ranges::all_of(evaluation.plan.tasks, [&](const TaskRun& task) {
           const TaskRecord* record = file.FindTask(task.name);
           return record != nullptr && record->docs == static_cast<int64_t>(task.requests.size());
         });
}

/// Writes results, and samples if requested; returns the paths.
std::vector<std::filesystem::path> WriteFiles(const Evaluation& evaluation, const Results& results,
                                              const LedgerContents& ledger, const RunScorer& scorer) {
  const RunFolder folder = evaluation.folder();
  const std::string date = DateId(evaluation.unix_seconds);
  std::vector<std::filesystem::path> files = {folder.results(date)};
  WriteResultsFile(files.back(),
                   MakeResultsFile(results, evaluation.options.model, InfoOf(evaluation, scorer.Record())));
  if (evaluation.options.log_samples) {
    for (const TaskRun& task : evaluation.plan.tasks) {
      files.push_back(folder.samples(task.name, date));
      WriteSamplesFile(files.back(), MakeSamplesFile(*evaluation.plan.profile, task, ledger));
    }
  }
  return files;
}

/// Profile and tasks: quick, and most mistakes are there.
void CheckNames(const EvaluationOptions& options, SettingFaults& faults) {
  const Profile* profile = nullptr;
  faults.Try("profile", [&] { profile = &FindProfile(options.profile); });
  if (profile != nullptr) {
    faults.Try("tasks", [&] { TasksOfRun(*profile, options.tasks, options.include_path); });
  }
  faults.Try("limit", [&] { DocLimit{options.limit}.Of(1); });
}

/// Reads the docs of all tasks, where the model or the tokenizer is missing that would tokenise them.
void CheckData(const EvaluationOptions& options, SettingFaults& faults) {
  const Profile& profile = FindProfile(options.profile);
  for (const CatalogueTask& task : TasksOfRun(profile, options.tasks, options.include_path)) {
    faults.Try("data", [&] { ReadTask(task, options.data, profile, {options.limit}); });
  }
}

ComputeOptions CheckComputation(const ComputeFlags& flags, SettingFaults& faults) {
  ComputeOptions compute;
  const bool parsed = faults.Try("dtype", [&] { compute = flags.Parse(); });
  faults.Try("device", [&] { CheckCompute(parsed ? compute : ComputeOptions{.device = flags.device}); });
  return compute;
}

RunIdentity IdentityOf(const Evaluation& evaluation) {
  const EvaluationOptions& options = evaluation.options;
  const Profile& profile = *evaluation.plan.profile;
  const TokenPlacement& placement = evaluation.plan.special_tokens;
  const ModelConfig& config = evaluation.checkpoint->config();
  return {.model_sha256 = Fingerprint(*evaluation.checkpoint),
          .tokenizer_sha256 = evaluation.tokenizer.tokenizer->info().sha256,
          .dtype = ToString(evaluation.compute.dtype),
          .arithmetic = ArithmeticOf(evaluation.compute),
          .rendering = std::string(NameOf(profile.rendering)),
          .encoding = std::string(NameOf(profile.encoding)),
          .bos_token = placement.around.before.empty() ? -1 : placement.around.before.front(),
          .special_tokens = placement.Ids(),
          .profiles = ProfilesWithTokens(profile, evaluation.tokenizer.special, options.add_bos_token),
          .max_sequence_length = MaxLength(options, config),
          .ffn = FfnIdentity(config)};
}

/// Removes what an earlier evaluation wrote.
void RemoveEarlierRun(const Evaluation& evaluation) {
  const RunFolder folder = evaluation.folder();
  for (const auto& path :
       RemoveFiles(EvaluationFiles(folder, evaluation.options.trace.folder), folder.ledger())) {
    std::cerr << "vffn: removed " << path.string() << '\n';
  }
}

}  // namespace

void Evaluation::StartLoading(Loading when) {
  if (loading.valid()) {
    return;
  }
  // At once: the caller reads docs and hashes files meanwhile, which keeps a core busy about as long.
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  const int loaders = when == Loading::kAtOnce ? std::max(1, cores - 1) : 0;
  loading = std::async(std::launch::async,
                       [&checkpoint = *checkpoint,
                        options = ScorerOptions{.compute = compute,
                                                .workers = options.workers,
                                                .loaders = loaders,
                                                .max_sequence_length = identity.max_sequence_length}] {
                         return MakeTransformerScorer(checkpoint, options);
                       });
}

RunInfo InfoOf(const Evaluation& evaluation, const ScoringRecord& scoring) {
  const EvaluationOptions& options = evaluation.options;
  const ModelConfig& config = evaluation.checkpoint->config();
  const TokenizerInfo& tokenizer = evaluation.tokenizer.tokenizer->info();
  return {.model_args = options.compute.model_args,
          .model_format = evaluation.checkpoint->format(),
          .config = config,
          .parameters = ParameterCount(config),
          .untrained = IsUntrained(options.model),
          .tokenizer_pipeline = tokenizer.pipeline,
          .tokenizer_source = tokenizer.source,
          .special_tokens = RecordOf(evaluation.plan.special_tokens),
          .program = options.program,
          .device = options.compute.device,
          .limit = options.limit > 0 ? std::optional(options.limit) : std::nullopt,
          .scoring = scoring,
          .start_seconds = evaluation.unix_seconds,
          .elapsed_seconds = SecondsSince(evaluation.start)};
}

LedgerHeader HeaderOf(const Evaluation& evaluation) {
  const EvaluationOptions& options = evaluation.options;
  LedgerHeader header{.identity = evaluation.identity,
                      .program_version = options.program.version,
                      .provenance = ProvenanceJson(options.model, options.profile, InfoOf(evaluation, {}))};
  if (!options.tokenizer.empty()) {
    header.provenance["tokenizer_path"] = options.tokenizer;
  }
  return header;
}

TracedRun TracedRunOf(const Evaluation& evaluation) {
  return {.config = evaluation.checkpoint->config(),
          .identity = evaluation.identity,
          .model = evaluation.options.model,
          .tokenizer = *evaluation.tokenizer.tokenizer,
          .program = evaluation.options.program};
}

std::string FfnIdentity(const ModelConfig& config) {
  return config.ffn.kind == FfnKind::kDense ? "" : ToJson(config.ffn).dump();
}

EvaluationPlan LoadPlan(const EvaluationOptions& options, const ModelTokenizer& tokenizer,
                        const ModelConfig& config) {
  SettingFaults faults;
  const Profile& profile = FindProfile(options.profile);
  EvaluationPlan plan{.profile = &profile};
  EncodingOptions encoding;
  faults.Try("tokenizer", [&] {
    plan.special_tokens = PlaceSpecialTokens(profile, tokenizer.special, options.add_bos_token);
    encoding = EncodingOf(profile, plan.special_tokens, MaxLength(options, config), config.vocab_size);
  });
  for (const CatalogueTask& task : TasksOfRun(profile, options.tasks, options.include_path)) {
    RenderedTask rendered;
    const bool read =
        faults.Try("data", [&] { rendered = ReadTask(task, options.data, profile, {options.limit}); });
    if (read && faults.empty()) {
      faults.Try("tokenizer", [&] {
        plan.tasks.push_back(Tokenise(std::move(rendered), *tokenizer.tokenizer, encoding));
      });
    }
  }
  faults.Throw();
  return plan;
}

Evaluation PrepareEvaluation(const EvaluationOptions& options, Loading loading) {
  Evaluation evaluation{.options = options, .start = Clock::now()};
  evaluation.unix_seconds =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  SettingFaults faults;
  CheckNames(options, faults);
  const bool names = faults.empty();
  evaluation.compute = CheckComputation(options.compute, faults);
  const bool opened = faults.Try("model", [&] {
    evaluation.checkpoint = OpenCheckpoint(options.model, options.compute.model_args);
    evaluation.identity.max_sequence_length = MaxLength(options, evaluation.checkpoint->config());
  });
  if (faults.empty() && loading == Loading::kAtOnce) {
    evaluation.StartLoading(loading);
  }
  const auto open_tokenizer = [&] {
    evaluation.tokenizer =
        OpenTokenizer(options.model, options.tokenizer,
                      options.tokenizer_compat == "own" ? GgufPipeline::kOwn : GgufPipeline::kTransformers);
  };
  // A model that is not there has no tokenizer either.
  const bool has_tokenizer =
      (opened || !options.tokenizer.empty()) && faults.Try("tokenizer", open_tokenizer);
  if (names && opened && has_tokenizer) {
    faults.Try("model", [&] {
      evaluation.plan = LoadPlan(options, evaluation.tokenizer, evaluation.checkpoint->config());
      evaluation.identity = IdentityOf(evaluation);
    });
  } else if (names) {
    CheckData(options, faults);
  }
  faults.Throw();
  return evaluation;
}

void CheckWithoutModel(const EvaluationOptions& options, SettingFaults& faults) {
  CheckNames(options, faults);
  if (faults.empty()) {
    CheckData(options, faults);
  }
  CheckComputation(options.compute, faults);
  if (!options.tokenizer.empty()) {
    faults.Try("tokenizer", [&] { OpenTokenizer({}, options.tokenizer, GgufPipeline::kOwn); });
  }
  faults.Try("output", [&] { CheckWritable(options.output_path, 0); });
}

void CheckOutput(const Evaluation& evaluation) {
  const EvaluationOptions& options = evaluation.options;
  const LedgerMode mode = ModeOf(options.resume, options.overwrite);
  SettingFaults faults;
  faults.Try("overwrite", [&] { CheckOverwrite(options.overwrite, options.resume, options.shard); });
  const bool whole = options.shard.whole();
  const bool writable =
      faults.Try("output", [&] { CheckWritable(options.output_path, BytesOfLedger(evaluation.plan)); });
  if (writable && whole) {
    faults.Try("output", [&] {
      CheckMerged(evaluation.folder());
      Ledger::Check(evaluation.folder().ledger(), HeaderOf(evaluation), mode);
    });
  }
  faults.Try("trace", [&] {
    if (!options.trace.folder.empty()) {
      CheckWritable(options.trace.folder, 0);
    }
    CheckTrace(options.trace, evaluation.plan, TracedRunOf(evaluation),
               whole ? mode : LedgerMode::kReplace);  // parts have traces of their own
  });
  faults.Throw();
}

bool IsFinished(const Evaluation& evaluation) {
  const RunFolder folder = evaluation.folder();
  if (!folder.HasLedger()) {
    return false;
  }
  const LedgerContents ledger = ReadLedger(folder.ledger());
  if (ledger.header.identity != evaluation.identity || !HasEveryDoc(evaluation.plan, ledger)) {
    return false;
  }
  const TraceFlags& trace = evaluation.options.trace;
  return HasResults(evaluation) &&
         (trace.folder.empty() || HasWholeTrace(trace, evaluation.checkpoint->config(), evaluation.plan));
}

EvaluationOutcome RunEvaluation(Evaluation& evaluation, const std::stop_token& stop) {
  const EvaluationOptions& options = evaluation.options;
  // Before a ledger or a trace is begun: errors of the folder, the weights or the device leave no files.
  CheckOutput(evaluation);
  evaluation.StartLoading();
  const auto model = evaluation.loading.get();
  std::filesystem::create_directories(options.output_path);
  if (options.overwrite) {
    RemoveEarlierRun(evaluation);
  }
  Ledger ledger = Ledger::Open(evaluation.folder().ledger(), HeaderOf(evaluation),
                               ModeOf(options.resume, options.overwrite));
  Progress progress;
  progress.Item(options.item.number, options.item.count);
  EvalTrace trace(options.trace, evaluation.plan, TracedRunOf(evaluation),
                  {.mode = options.resume ? TraceMode::kResume : TraceMode::kNew});
  RunScorer scorer(*model, trace, evaluation.start);
  EvaluationOutcome outcome;
  try {
    outcome.results = Evaluate(evaluation.plan, scorer, ledger, progress, stop);
    trace.Complete(evaluation.plan, scorer, progress, stop);
  } catch (const Interrupted&) {
    trace.Finish();
    throw;
  }
  trace.Finish();
  outcome.scoring = scorer.Record();
  outcome.files = WriteFiles(evaluation, outcome.results, ledger.contents(), scorer);
  return outcome;
}

}  // namespace vffn
