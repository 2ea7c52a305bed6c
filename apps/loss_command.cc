#include <iostream>
#include <memory>

#include "apps/commands.h"
#include "apps/interrupt.h"
#include "apps/shard_option.h"
#include "apps/shared_options.h"
#include "apps/version.h"
#include "reports/tables/table_text.h"
#include "runs/loss_evaluation.h"

namespace vffn {
namespace {

Row LossRow(const std::string& source, const LossSummary& summary) {
  return MakeRow("source", source, "documents", summary.documents, "tokens", summary.tokens, "bytes",
                 summary.bytes, "loss", summary.nats_per_token.value, "loss_stderr",
                 summary.nats_per_token.standard_error, "bits_per_byte", ValueOf(summary.bits_per_byte),
                 "bits_per_byte_stderr", ErrorOf(summary.bits_per_byte));
}

/// A row for each source, and one of all documents.
Table LossTable(std::span<const DocumentLoss> losses) {
  Table table({{"source", "source"},
               {"documents", "documents", {.grouped = true}},
               {"tokens", "tokens", {.grouped = true}},
               {"bytes", "bytes", {.grouped = true}},
               {"loss", "nats a token", Decimals(4)},
               {"loss_stderr", " ", {.unit = {.decimals = 4}, .before = "± "}},
               {"bits_per_byte", "bits a byte", Decimals(4)},
               {"bits_per_byte_stderr", " ", {.unit = {.decimals = 4}, .before = "± "}}});
  for (const auto& [source, summary] : SummariseBySource(losses)) {
    table.AddRow(LossRow(source, summary));
  }
  table.AddRule();
  table.AddRow(LossRow("all", Summarise(losses)));
  return table;
}

struct LossCommandOptions {
  LossOptions loss;
  std::string shard;
};

void RunLoss(const LossCommandOptions& given) {
  LossOptions options = given.loss;
  const LaunchPlace place = PlaceOf(given.shard);
  options.shard = place.shard;
  ShareMachine(place, options.compute, options.workers);
  const std::stop_token stop = StopOnInterrupt();
  const LossOutcome outcome = MeasureLosses(options, stop);
  if (outcome.losses.empty()) {
    std::cout << PartText(options.shard, std::to_string(outcome.documents) + " documents", outcome.finished,
                          options.output_path);
    return;
  }
  std::cout << RowsText(LossTable(outcome.losses), TableFormat::kConsole)
            << "± is the standard error, clustered by document\n"
            << (outcome.measured ? "wrote " : "read ") << outcome.file.string() << '\n';
}

}  // namespace

void AddLossCommand(Command& program) {
  auto given = std::make_shared<LossCommandOptions>();
  LossOptions* options = &given->loss;
  options->program = {ProgramVersion(), GitHash()};
  Command& command = program.AddCommand(
      "loss", "Measure the loss of a model on each document of a text it was not trained on.");
  command.BeginGroup("Model");
  command
      .Add("--model PATH", &options->model,
           "GGUF file, or checkpoint folder of Hugging Face (safetensors), OLMo or vffn.")
      .Required();
  command
      .Add("--tokenizer PATH", &options->tokenizer,
           "tokenizer.json, tokenizer.model, vocab.json, folder with one of them, or GGUF file.")
      .Default("the model's own");
  command
      .Add("--max_length N", &options->max_length,
           "Tokens of a window. A longer document is cut into windows that do not overlap.")
      .Positive()
      .Default("the model's maximum");
  command.BeginGroup("Text");
  command
      .Add("--tokens PATH", &options->tokens,
           "Token file, or folder of token files with their tables of document borders, as 'vffn tokens' "
           "writes them: OUTPUT/held_out.")
      .Required();
  command.Add("--limit N", &options->limit, "Measure the first N documents; 0 is all documents.")
      .NotNegative()
      .Default("all documents");
  command
      .Add("--workers N", &options->workers,
           "Packs of windows scored at the same time. The losses do not depend on it.")
      .Positive()
      .Default("the number of cores");
  command.BeginGroup("Output");
  command.Add("--output_path DIR", &options->output_path,
              "Folder for losses.jsonl, or losses_ARGS.jsonl with --model_args.");
  command.Add("--resume", &options->resume,
              "Continue the file of losses if there is one. Documents in it are not measured again.");
  AddShardOption(given->shard, command);
  AddComputeOptions(options->compute, command);
  command.AddExample("vffn loss --model final --tokens tokens/held_out --output_path output/base");
  command.AddExample("vffn loss --model final --tokens tokens/held_out --model_args loops=2");
  command.OnRun([given] { RunLoss(*given); });
}

}  // namespace vffn
