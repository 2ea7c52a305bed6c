#include "runs/losses/token_documents.h"

#include <algorithm>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/sha256.h"
#include "base/valid_utf8.h"

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

/// Numbers of four bytes, read as pairs of two bytes, are 0 in every second place if they are small.
void CheckNotUint32(const TokenFile& file) {
  constexpr int64_t kLook = 4096;
  std::vector<TokenId> ids(static_cast<size_t>(std::min(file.size(), kLook)));
  file.Read(0, ids);
  bool second_zero = ids.size() >= 8 && ids.size() % 2 == 0;
  bool first_zero = true;
  for (size_t i = 0; i + 1 < ids.size(); i += 2) {
    first_zero = first_zero && ids[i] == 0;
    second_zero = second_zero && ids[i + 1] == 0;
  }
  VFFN_CHECK(!second_zero || first_zero, file.path().string(),
             ": every second token is 0 if a token has 2 bytes, so it looks like uint32; give --token_type "
             "uint32, or uint16 if it is not");
}

TokenFile Open(const fs::path& path, const TokenFileOptions& options) {
  const int64_t vocab_size = options.tokenizer.vocab_size();
  const std::optional<TokenType> known = options.type ? options.type : TokenTypeFromManifest(path);
  const TokenType type = known.value_or(TokenTypeFor(vocab_size));
  TokenFile file(path, type);
  VFFN_CHECK(file.size() > 0, path.string(), ": the file is empty");
  if (!known && type == TokenType::kUint16) {
    CheckNotUint32(file);
  }
  file.CheckIds(vocab_size);
  return file;
}

std::vector<TokenId> ReadTokens(const TokenFile& file, int64_t begin, int64_t end) {
  std::vector<TokenId> tokens(static_cast<size_t>(end - begin));
  file.Read(begin, tokens);
  return tokens;
}

/// The borders of a file without a table: a document ends with an eos or with the file.
std::vector<DocumentBorders> SplitAtEos(const TokenFile& file, std::optional<TokenId> eos) {
  const std::string path = file.path().string();
  const std::string table = BorderTableOf(file.path()).filename().string();
  VFFN_CHECK(
      eos, path, ": there is no table of document borders (", table,
      ") beside it, and the tokenizer names no token that ends documents; give --eos_token_id, or measure "
      "it without documents (--packed N)");
  const std::vector<TokenId> tokens = ReadTokens(file, 0, file.size());
  std::vector<DocumentBorders> documents;
  int64_t start = 0;
  for (int64_t i = 0; i < file.size(); ++i) {
    if (tokens[static_cast<size_t>(i)] == *eos || i + 1 == file.size()) {
      documents.push_back({.start = start,
                           .end = i + 1,
                           .id = std::to_string(documents.size()),
                           .source = path,
                           .location = static_cast<int64_t>(documents.size()) + 1});
      start = i + 1;
    }
  }
  VFFN_CHECK(documents.size() > 1 || tokens.back() == *eos, path, ": there is no table of document borders (",
             table, ") beside it, and the token that ends documents (", *eos,
             ") is not in it; give --eos_token_id, or measure it without documents (--packed N)");
  return documents;
}

void AppendDocuments(const TokenFile& file, const std::vector<DocumentBorders>& borders,
                     const TokenFileOptions& options, TokenTextSizes& sizes, TextDocuments& text) {
  for (const DocumentBorders& document : borders) {
    if (options.limit > 0 && static_cast<int64_t>(text.documents.size()) == options.limit) {
      return;
    }
    std::vector<TokenId> tokens = ReadTokens(file, document.start, document.end);
    if (tokens.empty()) {
      ++text.empty;
      continue;
    }
    // Without its number, the eos is what stands at the end.
    const TextSize size =
        sizes.Sum(options.end_of_document ? tokens : std::span(tokens).first(tokens.size() - 1));
    text.documents.push_back({.id = document.id,
                              .source = ValidUtf8(fs::path(document.source).filename().string()),
                              .tokens = std::move(tokens),
                              .bytes = size.bytes,
                              .characters = size.characters});
  }
}

}  // namespace

TextDocuments ReadTokenDocuments(const TokenFileOptions& options, TokenTextSizes& sizes) {
  TextDocuments text;
  Sha256 hash;
  for (const fs::path& path : TokenFilesOf(options.path)) {
    const TokenFile file = Open(path, options);
    const bool has_table = fs::exists(BorderTableOf(path));
    hash.Update(MappedFile(path).bytes());
    if (!has_table) {
      hash.Update("documents end with token " + std::to_string(options.end_of_document.value_or(-1)));
    }
    AppendDocuments(file, has_table ? ReadBorders(file) : SplitAtEos(file, options.end_of_document), options,
                    sizes, text);
  }
  VFFN_CHECK(!text.documents.empty(), options.path.string(), ": there are no documents");
  text.sha256 = hash.Hex();
  return text;
}

TokenStreams ReadTokenStreams(const TokenFileOptions& options) {
  TokenStreams streams;
  Sha256 hash;
  for (const fs::path& path : TokenFilesOf(options.path)) {
    const TokenFile file = Open(path, options);
    hash.Update(MappedFile(path).bytes());
    streams.streams.push_back(
        {.tokens = ReadTokens(file, 0, file.size()), .sources = {{0, ValidUtf8(path.filename().string())}}});
  }
  streams.sha256 = hash.Hex();
  return streams;
}

}  // namespace vffn
