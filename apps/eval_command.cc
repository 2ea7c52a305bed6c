#include <iostream>
#include <memory>

#include "apps/commands.h"
#include "apps/interrupt.h"
#include "apps/shared_options.h"
#include "apps/version.h"
#include "base/error.h"
#include "reports/tables/score_table.h"
#include "runs/evaluation.h"

namespace vffn {
namespace {

void RunEval(const EvaluationOptions& options) {
  const std::stop_token stop = StopOnInterrupt();
  Evaluation evaluation = PrepareEvaluation(options, Loading::kAtOnce);
  const EvaluationOutcome outcome = RunEvaluation(evaluation, stop);
  std::cout << ScoreTable(outcome.results, TableFormat::kConsole);
  for (const std::filesystem::path& file : outcome.files) {
    std::cout << "wrote " << file.string() << '\n';
  }
}

}  // namespace

void AddEvalCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<EvaluationOptions>();
  options->program = {ProgramVersion(), GitHash()};
  CLI::App* command = app.add_subcommand("eval", "Score a model on tasks, zero-shot");
  command->add_option("--model", options->model, "GGUF file or checkpoint folder")->required();
  command
      ->add_option("--tasks", options->tasks, "Comma-separated names (vffn tasks), all, or oe:REQUEST_FILE")
      ->required();
  command->add_option("--data", options->data, "Folder of the data sets")->capture_default_str();
  command->add_option("--profile", options->profile, "Whose protocol: olmo, olmo-in-loop-0.9 or lm-eval")
      ->capture_default_str();
  command->add_option("--limit", options->limit, "First docs of each task: a number, or a share below 1")
      ->check(CLI::PositiveNumber);
  command->add_option("--output_path", options->output_path, "Folder for ledger, results and samples")
      ->capture_default_str();
  command->add_flag("--log_samples", options->log_samples, "Write samples_*.jsonl too");
  AddComputeOptions(options->compute, *command);
  AddTraceOptions(options->trace, *command);
  command->add_option("--workers", options->workers, "Packs scored at once (default: the number of cores)")
      ->check(CLI::PositiveNumber);
  command->add_flag("--resume", options->resume, "Go on with the ledger in --output_path if there is one");
  command->add_option("--tokenizer", options->tokenizer,
                      "tokenizer.json or GGUF file (default: the model's own)");
  command
      ->add_option(
          "--tokenizer-compat", options->tokenizer_compat,
          "transformers-gguf: split words as transformers does for a GGUF file, to repeat such a run")
      ->check(CLI::IsMember({"own", "transformers-gguf"}))
      ->capture_default_str();
  command
      ->add_option("--max_length", options->max_length, "Tokens of a sequence (default: the model's maximum)")
      ->check(CLI::PositiveNumber);
  command->add_flag("--add_bos_token", options->add_bos_token, "Begin every sequence with the BOS token");
  command->callback([options, &exit_code] {
    try {
      RunEval(*options);
    } catch (const Interrupted& interrupted) {
      std::cerr << "vffn: " << interrupted.what() << '\n';
      exit_code = 130;
    }
  });
}

}  // namespace vffn
