// The golden corpus and what dolma made of it.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "text/tokenizer.h"
#include "tokens/tokenize_corpus.h"

namespace vffn {

/// tests/golden/tokens_files. Its folder is the working directory of the goldens' paths.
std::filesystem::path GoldenTokensFolder();

/// Makes it the working directory while the object lives: dolma wrote paths relative to it.
class InGoldenFolder {
 public:
  InGoldenFolder();
  ~InGoldenFolder();

 private:
  std::filesystem::path before_;
};

std::unique_ptr<const Tokenizer> GoldenTokenizer();

/// The golden corpus in dolma's order, eos 0, one worker, small chunks.
TokenizeCorpusOptions GoldenOptions(const std::filesystem::path& output);

/// Every file below a folder: relative path to its bytes, those of *.csv.gz unpacked.
std::map<std::string, std::string> FilesIn(const std::filesystem::path& folder);

/// Ids, sources and tokens of the documents in a folder's token files, in order.
struct WrittenDocument {
  std::string id, source;
  int64_t location = 0;
  std::vector<TokenId> tokens;
  auto operator<=>(const WrittenDocument&) const = default;
};
std::vector<WrittenDocument> DocumentsIn(const std::filesystem::path& folder);

}  // namespace vffn
