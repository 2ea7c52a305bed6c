#include "tests/tokens/corpus.h"

#include <algorithm>

#include "tests/base/temporary_folder.h"
#include "tokens/token_file.h"
#include "tokens/unpacked_file.h"

namespace vffn {

namespace fs = std::filesystem;

fs::path GoldenTokensFolder() { return fs::path(VFFN_TESTS_DIR) / "golden" / "tokens_files"; }

InGoldenFolder::InGoldenFolder() : before_(fs::current_path()) { fs::current_path(GoldenTokensFolder()); }
InGoldenFolder::~InGoldenFolder() { fs::current_path(before_); }

std::unique_ptr<const Tokenizer> GoldenTokenizer() {
  return LoadTokenizerJson(GoldenTokensFolder() / "tokenizer.json");
}

TokenizeCorpusOptions GoldenOptions(const fs::path& output) {
  TokenizeCorpusOptions options;
  options.inputs = {"corpus/a.jsonl", "corpus/b.jsonl.gz", "corpus/c.jsonl.zst"};
  options.output = output;
  options.eos = 0;
  options.source.chunk_bytes = 700;
  options.range_bytes = 2000;
  return options;
}

std::map<std::string, std::string> FilesIn(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) {
      continue;
    }
    std::string bytes;
    if (entry.path().extension() == ".gz") {
      UnpackedFile(entry.path()).Read(size_t{1} << 26, bytes);
    } else {
      bytes = ReadFile(entry.path());
    }
    files[fs::relative(entry.path(), folder).string()] = bytes;
  }
  return files;
}

std::vector<WrittenDocument> DocumentsIn(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".npy") {
      paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<WrittenDocument> documents;
  for (const fs::path& path : paths) {
    const TokenFile file(path, TokenTypeFromManifest(path).value_or(TokenType::kUint16));
    for (const DocumentBorders& borders : ReadBorders(file)) {
      WrittenDocument document{borders.id, borders.source, borders.location, {}};
      document.tokens.resize(static_cast<size_t>(borders.end - borders.start));
      file.Read(borders.start, document.tokens);
      documents.push_back(document);
    }
  }
  return documents;
}

}  // namespace vffn
