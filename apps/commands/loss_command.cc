#include <cstdio>
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
#include "reports/tables/table.h"
#include "runs/losses/loss_evaluation.h"

namespace vffn {
namespace {

struct LossCommandOptions {
  LossOptions loss;
  std::string shard, format = "console", denominator = "scored_tokens";
  bool dry_run = false;
};

Row LossRow(const std::string& source, const LossSummary& summary) {
  return MakeRow("source", source, "documents", summary.documents, "tokens", summary.tokens, "loss",
                 summary.nats_per_token.value, "loss_stderr", summary.nats_per_token.standard_error, "ppl",
                 summary.token_perplexity.value, "ppl_stderr", summary.token_perplexity.standard_error,
                 "bits_per_byte", ValueOf(summary.bits_per_byte), "bits_per_byte_stderr",
                 ErrorOf(summary.bits_per_byte), "bits_per_char", ValueOf(summary.bits_per_character),
                 "bits_per_char_stderr", ErrorOf(summary.bits_per_character), "word_ppl",
                 ValueOf(summary.word_perplexity), "word_ppl_stderr", ErrorOf(summary.word_perplexity));
}

/// A row for each source, and one of all documents.
Table LossTable(std::span<const DocumentLoss> losses, const LossWindow& window) {
  const std::string units = window.kind == WindowKind::kChunks   ? "chunks"
                            : window.kind == WindowKind::kPacked ? "sequences"
                                                                 : "documents";
  const Style error{.unit = {.decimals = 4}, .before = "± "};
  Table table("losses", {{"source", "source"},
                         {"documents", units, {.grouped = true}},
                         {"tokens", "tokens", {.grouped = true}},
                         {"loss", "nats a token", Decimals(4)},
                         {"loss_stderr", " ", error},
                         {"ppl", "perplexity", Decimals(4)},
                         {"ppl_stderr", " ", error},
                         {"bits_per_byte", "bits a byte", Decimals(4)},
                         {"bits_per_byte_stderr", " ", error},
                         {"bits_per_char", "bits a char", Decimals(4)},
                         {"bits_per_char_stderr", " ", error},
                         {"word_ppl", "word perplexity", Decimals(4)},
                         {"word_ppl_stderr", " ", error}});
  const auto sources = SummariseBySource(losses);
  for (const auto& [source, summary] : sources) {
    table.AddRow(LossRow(source, summary));
  }
  if (sources.size() > 1) {
    table.AddRule();
    table.AddRow(LossRow("all", Summarise(losses)));
  }
  table.notes = {"window: " + TextOf(window),
                 "± is the standard error, clustered by " + units.substr(0, units.size() - 1)};
  return table;
}

/// What was left out of the text, on standard error.
void PrintNotes(const LossNotes& notes) {
  if (notes.empty > 0) {
    std::cerr << "vffn: note: " << notes.empty << (notes.empty == 1 ? " document is" : " documents are")
              << " empty\n";
  }
  if (notes.skipped > 0) {
    std::cerr << "vffn: note: " << notes.skipped << (notes.skipped == 1 ? " document" : " documents")
              << " could not be read and left out\n";
  }
  if (notes.left_out > 0) {
    std::cerr << "vffn: note: " << notes.left_out
              << " tokens at the end of the text are too few for a window and left out\n";
  }
}

void PrintLosses(const LossOutcome& outcome, const std::string& format) {
  if (outcome.header.untrained) {
    std::cerr << "vffn: note: the model is UNTRAINED: its losses are no result\n";
  }
  std::cout << TablesText({{LossTable(outcome.losses, outcome.header.window)}}, format) << std::flush;
  std::ostream& remarks = Remarks(format);
  if (outcome.cost && outcome.cost->seconds > 0) {
    char line[120];
    std::snprintf(line, sizeof line, "%lld tokens in %.1f s (%.0f tokens/s)\n",
                  static_cast<long long>(outcome.cost->tokens), outcome.cost->seconds,
                  static_cast<double>(outcome.cost->tokens) / outcome.cost->seconds);
    remarks << line;
  }
  remarks << (outcome.measured() ? "wrote " : "read ") << outcome.file.string() << '\n';
  for (const std::filesystem::path& file : outcome.others) {
    remarks << "wrote " << file.string() << '\n';
  }
}

void RunLoss(const LossCommandOptions& given) {
  LossOptions options = given.loss;
  options.window.sequence_denominator = given.denominator == "sequence_tokens";
  const LaunchPlace place = PlaceOf(given.shard);
  options.shard = place.shard;
  ShareMachine(place, options.compute, options.workers);
  if (given.dry_run) {
    PrintForecast(ForecastLosses(options), "documents", "windows", given.format);
    Remarks(given.format) << DryRunEnd(options.shard);
    return;
  }
  const std::stop_token stop = StopOnInterrupt();
  const LossOutcome outcome = MeasureLosses(options, stop);
  if (options.shard.rank == 0) {
    PrintNotes(outcome.notes);
  }
  if (outcome.losses.empty()) {
    std::cout << PartText(options.shard, std::to_string(outcome.documents) + " documents", outcome.finished,
                          options.output_path);
  } else {
    PrintLosses(outcome, given.format);
  }
}

void AddModelOptions(LossOptions& options, Command& command) {
  command.BeginGroup("Model");
  command
      .Add("--model PATH", &options.model,
           "GGUF file, or checkpoint folder of Hugging Face (safetensors), OLMo or vffn.")
      .Required();
  command
      .Add("--tokenizer PATH", &options.tokenizer,
           "tokenizer.json, tokenizer.model, vocab.json, folder with one of them, or GGUF file.")
      .Default("the model's own");
}

void AddTextOptions(LossOptions& options, Command& command) {
  command.BeginGroup("Text: --text or --tokens");
  SourceOptions& source = options.text.source;
  Option& text =
      command
          .Add("--text PATH", &options.text.paths,
               "Files, folders or patterns: .jsonl, .json, .ndjson, .txt, .md (also .gz, .zst) and "
               ".parquet. The text is scored as it stands, white space at both ends included.")
          .Default("none, with --tokens");
  command.Add("--text_field NAME", &source.text_field, "Field or column with the text.");
  command.Add("--id_field NAME", &source.id_field, "Field or column with the identifier of a document.")
      .Default("its line or row");
  command.Add("--text_lines", &source.text_lines,
              "Take each line of a text file as a document, not the whole file.");
  command.Add("--skip_bad", &options.text.skip_bad,
              "Leave out and count documents that cannot be read, instead of stopping.");
  command
      .Add("--tokens PATH", &options.tokens,
           "Token file of OLMo, dolma or 'vffn tokens', or a folder of such files (*.npy). Documents are "
           "those "
           "of the table of borders beside a file or, without one, what is between two end-of-document "
           "tokens.")
      .Default("none, with --text")
      .Excludes(text);
  command
      .Add(
          "--token_type TYPE", &options.token_type,
          "Data type of a token in the files; auto: what tokens.json says, or uint16 if the vocabulary fits, "
          "otherwise uint32.")
      .OneOf({"auto", "uint16", "uint32"});
  command.Add("--eos_token_id ID", &options.eos_token_id, "Token that ends a document.")
      .Default("the one that the tokenizer or the files beside it name");
  command
      .Add("--limit N", &options.limit,
           "Measure the first N documents (with --chunks and --packed: windows); 0 is all.")
      .NotNegative()
      .Default("all");
}

void AddWindowOptions(LossCommandOptions& options, Command& command) {
  LossWindowFlags& window = options.loss.window;
  command.BeginGroup("Windows: what the model reads at once (docs/loss.md)");
  command
      .Add("--rolling", &window.rolling,
           "As loglikelihood_rolling of lm-evaluation-harness: windows that do not overlap, the first one "
           "after "
           "the BOS or EOS token; the last one is full.")
      .Default("on for --text");
  command
      .Add("--max_length N", &window.max_length,
           "Tokens of a rolling window, and of the windows of documents in "
           "token files, which begin with the document's last token.")
      .Positive()
      .Default("the model's maximum");
  command.Add("--window N", &window.window, "Tokens of a window that overlaps with the one before it.")
      .Positive()
      .Default("not overlapping; with --stride: the model's maximum");
  command.Add("--stride N", &window.stride, "Tokens from one such window to the next.")
      .Positive()
      .Default("half of --window");
  command
      .Add("--chunks N", &window.chunks,
           "As llama.cpp's perplexity tool: the text as one stream, in chunks of N tokens whose second half "
           "counts.")
      .Positive()
      .Default("no chunks");
  command
      .Add("--packed N", &window.packed,
           "As OLMo trains: documents joined by the end-of-document token, in sequences of N tokens.")
      .Positive()
      .Default("not packed");
  command
      .Add("--loss_denominator NAME", &options.denominator,
           "By what a loss of --packed is divided: scored_tokens (N - 1 of a sequence) or sequence_tokens "
           "(N, as "
           "the release of the paper does).")
      .OneOf({"scored_tokens", "sequence_tokens"});
  command
      .Add("--prefix_token_id ID", &window.prefix_token_id,
           "Token before a text (--rolling, --window), or at the beginning of a chunk.")
      .Default("BOS or else EOS; for a chunk, what the tokenizer adds");
}

void AddOutputOptions(LossCommandOptions& given, Command& command) {
  LossOptions& options = given.loss;
  command.BeginGroup("Output");
  command.Add("--output,--output_path DIR", &options.output_path,
              "Folder for losses.jsonl and loss_results.json; with --model_args, losses_ARGS.jsonl.");
  command.Add("--log_tokens", &options.log_tokens,
              "Also write token_losses.jsonl: the log-probability of every token that counts.");
  Option& resume =
      command.Add("--resume", &options.resume,
                  "Continue the file of losses if there is one. Windows in it are not measured again.");
  AddOverwriteOption(options.overwrite, "the losses", command).Excludes(resume);
  AddDryRunOption(given.dry_run, command);
  AddFormatOption(given.format, command);
}

}  // namespace

void AddLossCommand(Command& program) {
  auto given = std::make_shared<LossCommandOptions>();
  LossOptions& options = given->loss;
  options.program = {ProgramVersion(), GitHash()};
  Command& command = program.AddCommand(
      "loss", "Measure the loss of a model on text: nats a token, perplexities, bits per byte.");
  AddModelOptions(options, command);
  AddTextOptions(options, command);
  AddWindowOptions(*given, command);
  AddOutputOptions(*given, command);
  AddComputeOptions(options.compute, command);
  AddWorkersOption(options.workers,
                   "Packs of windows scored at the same time. The losses do not depend on it.", command);
  AddShardOption(given->shard, command);
  const Option& trace = AddTraceOptions(options.trace, command);
  AddModelHints(command);
  command.AddExample("vffn loss --model model.gguf --text wiki.jsonl --output output/wiki");
  command.AddExample("vffn loss --model model.gguf --text book.txt --chunks 512");
  command.AddExample("vffn loss --model final --tokens tokens/held_out --output output/base");
  command.OnRun([given, &trace] {
    PlaceTrace(trace, given->loss.output_path, given->loss.trace);
    RunLoss(*given);
  });
}

}  // namespace vffn
