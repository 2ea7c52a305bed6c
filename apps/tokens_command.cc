#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <thread>

#include "apps/commands.h"
#include "apps/interrupt.h"
#include "apps/tokenizer_source.h"
#include "apps/version.h"
#include "base/error.h"
#include "tokens/token_file_text.h"
#include "tokens/tokenize_corpus.h"

namespace vffn {
namespace {

constexpr int kInterrupted = 130;

struct TokensOptions {
  TokenizeCorpusOptions corpus;
  std::string tokenizer, output, show;
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

int RunTokens(TokensOptions options) {
  const auto tokenizer = OpenTokenizer({}, options.tokenizer, GgufPipeline::kOwn);
  if (!options.show.empty()) {
    Show(*tokenizer, options);
    return 0;
  }
  TokenizeCorpusOptions& corpus = options.corpus;
  VFFN_CHECK(!corpus.inputs.empty() && !options.output.empty(),
             "give --output and at least one input, or --show and a token file");
  corpus.output = options.output;
  corpus.program = "vffn " + ProgramVersion();
  if (options.dtype != "auto") {
    corpus.type = ParseTokenType(options.dtype);
  }
  corpus.held_out.by_id = options.held_out_by == "id";
  corpus.order.kind = !corpus.order.tables.empty() ? OrderKind::kTables
                      : options.shuffle            ? OrderKind::kShuffle
                                                   : OrderKind::kInput;
  corpus.stop = StopOnInterrupt();
  const TokenizeCorpusResult result = TokenizeCorpus(*tokenizer, corpus);
  if (!result.finished) {
    std::cerr << "vffn: interrupted; go on with --resume\n";
    return kInterrupted;
  }
  PrintSplit("train", result.train);
  if (corpus.held_out.share > 0) {
    PrintSplit("held out", result.held_out);
  }
  std::cout << "left out: " << result.empty << " documents without text, " << result.skipped
            << " with errors\n";
  return 0;
}

}  // namespace

void AddTokensCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<TokensOptions>();
  TokenizeCorpusOptions& corpus = options->corpus;
  corpus.workers = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  CLI::App* command =
      app.add_subcommand("tokens", "Write token files for training from JSON lines, Parquet or text");
  command->add_option(
      "inputs", corpus.inputs,
      "Files, folders or patterns: .jsonl, .json, .ndjson, .txt, .md (also .gz, .zst), .parquet");
  command->add_option("--tokenizer", options->tokenizer, "tokenizer.json or GGUF file")->required();
  command->add_option("--output", options->output, "New folder for the token files");
  command->add_option("--text_field", corpus.source.text_field, "Field or column that has the text")
      ->capture_default_str();
  command
      ->add_option("--id_field", corpus.source.id_field,
                   "Field or column that has the identifier; '' if there is none")
      ->capture_default_str();
  command->add_flag("--text_lines", corpus.source.text_lines,
                    "Each line of a text file is a document (otherwise the whole file is one)");
  command->add_flag("--skip_bad", corpus.skip_bad,
                    "Leave out and count documents that cannot be read, instead of stopping");
  command->add_option("--limit", corpus.limit, "Use the first N documents only (with --show: print N)");
  command->add_option("--eos_token_id", corpus.eos, "Token that ends a document (default: the tokenizer's)");
  command->add_option("--bos_token_id", corpus.bos, "Token that begins a document (default: none)");
  command->add_option("--dtype", options->dtype, "Bytes of a token; auto: uint16 if the vocabulary fits")
      ->check(CLI::IsMember({"auto", "uint16", "uint32"}))
      ->capture_default_str();
  command->add_option("--max_size", corpus.max_size, "Each file has fewer tokens than this")
      ->capture_default_str();
  command->add_flag("--shuffle", options->shuffle, "Shuffle the documents of the whole corpus");
  command->add_option("--seed", corpus.order.seed, "Seed of --shuffle")->capture_default_str();
  command
      ->add_option("--order", corpus.order.tables,
                   "Write the documents of these border tables (.csv.gz) in their order, one file each; "
                   "separate several with commas")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--held_out", corpus.held_out.share, "Share of the documents to hold out (0.01: 1 %)")
      ->check(CLI::Range(0.0, std::nextafter(1.0, 0.0)))
      ->capture_default_str();
  command->add_option("--held_out_by", options->held_out_by, "What decides if a document is held out")
      ->check(CLI::IsMember({"text", "id"}))
      ->capture_default_str();
  command->add_option("--held_out_salt", corpus.held_out.salt, "Another salt holds out other documents")
      ->capture_default_str();
  command->add_option("--workers", corpus.workers, "Threads; they do not change the files")
      ->capture_default_str();
  command->add_flag("--resume", corpus.resume, "Go on with the run that --output holds, if there is one");
  command->add_option("--show", options->show, "Print a token file as JSON lines instead");
  command->callback([options, &exit_code] { exit_code = RunTokens(*options); });
}

}  // namespace vffn
