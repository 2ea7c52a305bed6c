#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "apps/commands/commands.h"
#include "apps/interrupt.h"
#include "apps/options/shared_options.h"
#include "apps/version.h"
#include "base/error.h"
#include "runs/tokenizer_source.h"
#include "tokens/token_file_text.h"
#include "tokens/tokenize_corpus.h"

namespace vffn {
namespace {

struct TokensOptions {
  TokenizeCorpusOptions corpus;
  std::string tokenizer, show;
  std::string dtype = "auto", held_out_by = "text";
  bool shuffle = false;
};

void Show(const Tokenizer& tokenizer, const TokensOptions& options) {
  auto type = TokenTypeFromManifest(options.show);
  if (options.dtype != "auto") {
    type = ParseTokenType(options.dtype);
  }
  const TokenFile file(options.show, type.value_or(TokenTypeFor(tokenizer.vocab_size())));
  const int64_t documents = WriteTokenFileText(tokenizer, file, options.corpus.limit,
                                               [](std::string_view line) { std::cout << line << '\n'; });
  std::cerr << options.show << ": " << documents << " documents, " << file.size() << " tokens of "
            << NameOf(file.type()) << '\n';
}

void PrintSplit(const char* name, const SplitInfo& split) {
  std::cout << name << ": " << split.documents << " documents, " << split.tokens << " tokens, "
            << split.files.size() << (split.files.size() == 1 ? " file\n" : " files\n");
}

void WriteTokenFiles(const Tokenizer& tokenizer, TokenizeCorpusOptions corpus, const TokensOptions& options) {
  VFFN_CHECK(!corpus.inputs.empty() && !corpus.output.empty(),
             "give --output and at least one input, or --show and a token file");
  corpus.program = "vffn " + ProgramVersion();
  if (options.dtype != "auto") {
    corpus.type = ParseTokenType(options.dtype);
  }
  corpus.held_out.by_id = options.held_out_by == "id";
  corpus.order.kind = !corpus.order.tables.empty() ? OrderKind::kTables
                      : options.shuffle            ? OrderKind::kShuffle
                                                   : OrderKind::kInput;
  corpus.stop = StopOnInterrupt();
  const TokenizeCorpusResult result = TokenizeCorpus(tokenizer, corpus);
  PrintSplit("train", result.train);
  if (corpus.held_out.share > 0) {
    PrintSplit("held out", result.held_out);
  }
  std::cout << "left out: " << result.empty << " documents without text, " << result.skipped
            << " with errors\n";
}

void RunTokens(TokensOptions options) {
  if (options.corpus.limit == 0) {
    options.corpus.limit.reset();
  }
  const ModelTokenizer opened = OpenTokenizer({}, options.tokenizer, GgufPipeline::kOwn);
  const Tokenizer& tokenizer = *opened.tokenizer;
  if (!options.show.empty()) {
    Show(tokenizer, options);
    return;
  }
  TokenizeCorpusOptions corpus = options.corpus;
  if (!corpus.eos) {
    corpus.eos = opened.special.end_of_document();
  }
  WriteTokenFiles(tokenizer, std::move(corpus), options);
}

void AddInputOptions(TokensOptions& options, Command& command) {
  TokenizeCorpusOptions& corpus = options.corpus;
  command.BeginGroup("Input");
  command
      .Add("inputs", &corpus.inputs,
           "Files, folders or patterns: .jsonl, .json, .ndjson, .txt, .md (also .gz, .zst) and .parquet.")
      .Default("none, with --show");
  command
      .Add("--tokenizer PATH", &options.tokenizer,
           "tokenizer.json, tokenizer.model, vocab.json, folder with one of them, or GGUF file.")
      .Required();
  command.Add("--text_field NAME", &corpus.source.text_field, "Field or column with the text.");
  command.Add("--id_field NAME", &corpus.source.id_field,
              "Field or column with the identifier; '' if there is none.");
  command.Add("--text_lines", &corpus.source.text_lines,
              "Take each line of a text file as a document, not the whole file.");
  command.Add("--skip_bad", &corpus.skip_bad,
              "Leave out and count documents that cannot be read, instead of stopping.");
  command
      .Add("--limit N", &corpus.limit,
           "Take the first N documents of the input only. With --show: print N documents. 0 is all.")
      .NotNegative()
      .Default("all");
}

void AddTokenOptions(TokensOptions& options, Command& command) {
  TokenizeCorpusOptions& corpus = options.corpus;
  command.BeginGroup("Token files");
  command.Add("--output,--output_path DIR", &corpus.output, "New folder for the token files.")
      .Default("none, with --show");
  command.Add("--eos_token_id ID", &corpus.eos, "Token that ends each document.")
      .Default("the one that the tokenizer or the files beside it name");
  command.Add("--bos_token_id ID", &corpus.bos, "Token that begins each document.").Default("none");
  command
      .Add("--dtype TYPE", &options.dtype,
           "Data type of a token in the files; auto: uint16 if the vocabulary fits, otherwise uint32.")
      .OneOf({"auto", "uint16", "uint32"});
  command.Add("--max_size N", &corpus.max_size, "Each file has fewer tokens than this.").Positive();
  command.Add("--show FILE", &options.show, "Print a token file as JSON lines instead of writing files.")
      .Default("nothing is printed");
}

void AddOrderOptions(TokensOptions& options, Command& command) {
  TokenizeCorpusOptions& corpus = options.corpus;
  command.BeginGroup("Order and held-out documents");
  command.Add("--shuffle", &options.shuffle, "Shuffle the documents of the whole corpus.");
  command.Add("--seed N", &corpus.order.seed, "Random seed of --shuffle.");
  command
      .Add("--order FILE", &corpus.order.tables,
           "Write the documents of these border tables (.csv.gz) in their order, one token file for each.")
      .SeparatedByCommas()
      .Default("the order of the input");
  command
      .Add("--held_out SHARE", &corpus.held_out.share,
           "Share of the documents to hold out, from 0 to below 1: 0.01 is 1 %.")
      .NotNegative();
  command
      .Add("--held_out_by NAME", &options.held_out_by,
           "What decides whether a document is held out: its text or its id.")
      .OneOf({"text", "id"});
  command.Add("--held_out_salt TEXT", &corpus.held_out.salt,
              "A different salt holds out different documents.");
}

}  // namespace

void AddTokensCommand(Command& program) {
  auto options = std::make_shared<TokensOptions>();
  TokenizeCorpusOptions& corpus = options->corpus;
  corpus.workers = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  Command& command =
      program.AddCommand("tokens", "Write token files for training from JSON lines, Parquet or text.");
  AddInputOptions(*options, command);
  AddTokenOptions(*options, command);
  AddOrderOptions(*options, command);
  command.BeginGroup("Run");
  AddWorkersOption(corpus.workers, "Threads. The files do not depend on it.", command);
  command.Add("--resume", &corpus.resume, "Continue the run in --output if there is one.");
  command.AddExample("vffn tokens --tokenizer tokenizer.json --shuffle --output data c4/*.jsonl.gz");
  command.AddExample("vffn tokens --tokenizer tokenizer.json --show data/part-0-00000.npy --limit 3");
  command.OnRun([options] { RunTokens(*options); });
}

}  // namespace vffn
