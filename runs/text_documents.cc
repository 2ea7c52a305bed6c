#include "runs/text_documents.h"

#include <algorithm>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/sha256.h"
#include "tokens/token_file.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> TokenFilesOf(const fs::path& path) {
  if (!fs::is_directory(path)) {
    VFFN_CHECK(fs::exists(path), path.string(), ": there is no such file or folder; vffn tokens makes them");
    return {path};
  }
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    if (entry.path().extension() == ".npy") {
      files.push_back(entry.path());
    }
  }
  VFFN_CHECK(!files.empty(), path.string(), ": there are no token files (*.npy) in the folder");
  std::ranges::sort(files);
  return files;
}

/// The numbers of bytes of tokens, looked up once.
class TokenLengths {
 public:
  explicit TokenLengths(const Tokenizer& tokenizer)
      : tokenizer_(tokenizer), lengths_(tokenizer.vocab_size(), -1) {}

  int64_t Sum(std::span<const TokenId> tokens) {
    int64_t sum = 0;
    for (const TokenId token : tokens) {
      int64_t& length = lengths_.at(token);
      if (length < 0) {
        length = static_cast<int64_t>(tokenizer_.TokenBytes(token).size());
      }
      sum += length;
    }
    return sum;
  }

 private:
  const Tokenizer& tokenizer_;
  std::vector<int64_t> lengths_;
};

void AppendDocuments(const TokenFile& file, TokenLengths& lengths, int64_t limit,
                     std::vector<TextDocument>& documents) {
  for (const DocumentBorders& borders : ReadBorders(file)) {
    if (limit > 0 && static_cast<int64_t>(documents.size()) == limit) {
      return;
    }
    if (borders.end == borders.start) {
      continue;
    }
    TextDocument document{.id = borders.id, .source = fs::path(borders.source).filename().string()};
    document.tokens.resize(borders.end - borders.start);
    file.Read(borders.start, document.tokens);
    document.before = document.tokens.back();
    document.bytes = lengths.Sum(std::span(document.tokens).first(document.tokens.size() - 1));
    documents.push_back(std::move(document));
  }
}

}  // namespace

TextDocuments ReadTokenDocuments(const fs::path& path, const Tokenizer& tokenizer, int64_t limit) {
  TextDocuments text;
  Sha256 hash;
  TokenLengths lengths(tokenizer);
  for (const fs::path& name : TokenFilesOf(path)) {
    const TokenFile file(name, TokenTypeFromManifest(name).value_or(TokenTypeFor(tokenizer.vocab_size())));
    file.CheckIds(tokenizer.vocab_size());
    hash.Update(MappedFile(name).bytes());
    AppendDocuments(file, lengths, limit, text.documents);
  }
  VFFN_CHECK(!text.documents.empty(), path.string(), ": there are no documents");
  text.sha256 = hash.Hex();
  return text;
}

}  // namespace vffn
