#include "runs/losses/text_documents.h"

#include <filesystem>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/sha256.h"
#include "base/valid_utf8.h"
#include "text/plain_encoder.h"
#include "text/split_words.h"
#include "text/utf8.h"

namespace vffn {
namespace {

std::vector<TokenId> Encode(std::string_view text, const TextEncoding& encoding) {
  std::vector<TokenId> tokens =
      encoding.plain ? EncodePlain(encoding.tokenizer, text) : encoding.tokenizer.Encode(text);
  if (encoding.marked_begin.empty() || !text.starts_with(encoding.marked_begin)) {
    const auto& [before, after] = encoding.around;
    tokens.insert(tokens.begin(), before.begin(), before.end());
    tokens.insert(tokens.end(), after.begin(), after.end());
  }
  return tokens;
}

/// The name of each file, or its path where two have the same name.
std::vector<std::string> SourcesOf(const std::vector<InputFile>& files) {
  std::map<std::string, int> counts;
  for (const InputFile& file : files) {
    ++counts[std::filesystem::path(file.path).filename().string()];
  }
  std::vector<std::string> sources;
  for (const InputFile& file : files) {
    const std::string name = std::filesystem::path(file.path).filename().string();
    sources.push_back(ValidUtf8(counts[name] > 1 ? file.path : name));
  }
  return sources;
}

std::string HashOf(const std::vector<InputFile>& files, const SourceOptions& options) {
  Sha256 hash;
  for (const InputFile& file : files) {
    hash.Update(MappedFile(file.path).bytes());
  }
  hash.Update(options.text_field + "\n" + options.id_field + "\n" + (options.text_lines ? "lines" : "files"));
  return hash.Hex();
}

class TextReader {
 public:
  TextReader(const TextFileOptions& options, const TextEncoding& encoding)
      : options_(options), encoding_(encoding) {}

  TextDocuments Read() {
    const std::vector<InputFile> files = ListInputFiles(options_.paths);
    const std::vector<std::string> sources = SourcesOf(files);
    text_.sha256 = HashOf(files, options_.source);
    for (size_t i = 0; i < files.size() && !IsFull(); ++i) {
      ReadFile(files[i], sources[i]);
    }
    const bool has_text = std::cmp_less(text_.empty, text_.documents.size());
    VFFN_CHECK(has_text, files.front().path, files.size() > 1 ? " and the other files" : "",
               ": there is no text to score (empty documents: ", text_.empty, ", left out: ", text_.skipped,
               "); give a file with text, or another --text_field");
    return std::move(text_);
  }

 private:
  bool IsFull() const {
    return options_.limit > 0 && static_cast<int64_t>(text_.documents.size()) == options_.limit;
  }

  void ReadFile(const InputFile& file, const std::string& source) {
    const auto reader = OpenInput(file, options_.source);
    for (InputChunk chunk; !IsFull() && reader->Next(chunk);) {
      const ParsedChunk counts =
          ParseChunk(file, options_.source, chunk, options_.skip_bad, [&](const Document& document) {
            Add(file, source, document);
            return !IsFull();
          });
      text_.skipped += counts.skipped;
    }
  }

  void Add(const InputFile& file, const std::string& source, const Document& document) {
    std::string_view text = document.text;
    if (encoding_.drop_last_newline && file.format == InputFormat::kText && text.ends_with('\n')) {
      text.remove_suffix(1);
    }
    text_.empty += text.empty() ? 1 : 0;
    text_.documents.push_back({.id = options_.source.id_field.empty() || file.format == InputFormat::kText
                                         ? std::to_string(document.location)
                                         : std::string(document.id),
                               .source = source,
                               .tokens = Encode(text, encoding_),
                               .bytes = static_cast<int64_t>(text.size()),
                               .characters = static_cast<int64_t>(CountCodePoints(text)),
                               .words = static_cast<int64_t>(CountSplitWords(text))});
  }

  const TextFileOptions& options_;
  const TextEncoding& encoding_;
  TextDocuments text_;
};

}  // namespace

TextDocuments ReadTextDocuments(const TextFileOptions& options, const TextEncoding& encoding) {
  return TextReader(options, encoding).Read();
}

}  // namespace vffn
