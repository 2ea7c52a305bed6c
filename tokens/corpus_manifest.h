// tokens.json: what a folder of token files was made from, and how.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "tokens/tokenize_corpus.h"

namespace vffn {

/// What decides the token files: tokenizer, options, input files. Two runs of equal description write equal
/// files.
Json DescribeRun(const Tokenizer& tokenizer, TokenType type, const TokenizeCorpusOptions& options,
                 const std::vector<InputFile>& files);

struct InputCounts {
  int64_t documents = 0, tokens = 0, empty = 0, skipped = 0;
  std::optional<std::string> sha256;  ///< nothing if the file was not read to its end (--limit)
};

/// Writes OUTPUT/tokens.json. `counts` are those of the input files, in order.
void WriteManifest(const std::filesystem::path& output, const Json& run, const std::string& program,
                   const std::vector<InputFile>& files, const std::vector<InputCounts>& counts,
                   const TokenizeCorpusResult& result);

/// What a manifest says about the token files beside it.
struct CorpusFiles {
  TokenType type = TokenType::kUint16;
  SplitInfo train, held_out;
};

/// Reads FOLDER/tokens.json; nothing if there is none. Throws Error if it cannot be read.
std::optional<CorpusFiles> ReadCorpusFiles(const std::filesystem::path& folder);

/// The result of a finished run in OUTPUT, or nothing if there is no tokens.json. Throws Error if that is of
/// another run, naming what differs.
std::optional<TokenizeCorpusResult> ReadFinishedRun(const std::filesystem::path& output, const Json& run);

}  // namespace vffn
