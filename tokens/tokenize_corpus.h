// From a corpus to token files: what the authors' recipe does with a converter and `dolma tokens`.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "text/tokenizer.h"
#include "tokens/document_order.h"
#include "tokens/document_source.h"
#include "tokens/held_out.h"
#include "tokens/token_file_writer.h"

namespace vffn {

struct TokenizeCorpusOptions {
  std::vector<std::string> inputs;  ///< files, folders, patterns
  SourceOptions source;
  bool skip_bad = false;  ///< leave out documents that cannot be read and count them; otherwise an error
  std::optional<int64_t> limit;  ///< the first documents of the input only; one worker reads them

  std::filesystem::path output;
  std::optional<int64_t> bos, eos;      ///< eos must be there
  std::optional<TokenType> type;        ///< nothing: the smallest that holds the vocabulary
  int64_t max_size = int64_t{1} << 30;  ///< a file has fewer tokens
  OrderOptions order;
  HeldOutOptions held_out;

  int workers = 1;
  bool resume = false;  ///< go on with what `output` holds of the same run
  std::stop_token stop;
  std::string program;                              ///< name and version, for the manifest
  std::chrono::milliseconds commit_interval{5000};  ///< what a killed program may lose
  int64_t range_bytes = int64_t{256} << 20;         ///< of tokens that are put in order at once
};

struct SplitInfo {
  int64_t documents = 0, tokens = 0;
  std::vector<TokenFileInfo> files;
};

struct TokenizeCorpusResult {
  SplitInfo train, held_out;
  int64_t empty = 0;    ///< documents without text, left out
  int64_t skipped = 0;  ///< documents with an error, left out
};

/// Writes OUTPUT/part-0-00000.npy ... with their border tables, OUTPUT/held_out/ likewise, and
/// OUTPUT/tokens.json: options, counts, hashes of tokenizer, inputs and files.
///
/// Each document becomes the ids of its text without white space at both ends, bos before them and eos after
/// them unless they begin or end so already; documents without text are left out (all as `dolma tokens`).
/// The files depend on inputs and options only: not on workers, chunks, or how often the program was killed.
/// While it runs, OUTPUT/unfinished has the tokenized documents, about as many bytes as the files will have.
///
/// Throws Interrupted if `stop` is requested before the end; run again with `resume`. Throws Error: wrong
/// options, inputs or documents (naming file and line or row), a file that cannot be
/// written, an output folder that holds something else.
TokenizeCorpusResult TokenizeCorpus(const Tokenizer& tokenizer, const TokenizeCorpusOptions& options);

}  // namespace vffn
