#include "tokens/document_source.h"

#include <glob.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/sha256.h"
#include "text/utf8.h"
#include "tokens/json_document.h"
#include "tokens/parquet_documents.h"
#include "tokens/unpacked_file.h"

namespace vffn {
namespace {

constexpr size_t kMaxDocument = size_t{1} << 30;

struct Ending {
  std::string_view text;
  InputFormat format;
};
constexpr std::array<Ending, 7> kEndings = {{{".jsonl", InputFormat::kJsonLines},
                                             {".json", InputFormat::kJsonLines},
                                             {".ndjson", InputFormat::kJsonLines},
                                             {".parquet", InputFormat::kParquet},
                                             {".txt", InputFormat::kText},
                                             {".text", InputFormat::kText},
                                             {".md", InputFormat::kText}}};

std::optional<InputFormat> FormatOf(std::string name) {
  const bool packed = name.ends_with(".gz") || name.ends_with(".zst");
  if (packed) {
    name.resize(name.rfind('.'));
  }
  for (const auto& [text, format] : kEndings) {
    if (name.ends_with(text) && !(packed && format == InputFormat::kParquet)) {
      return format;
    }
  }
  return std::nullopt;
}

InputFile MakeInputFile(const std::string& path) {
  const auto format = FormatOf(path);
  VFFN_CHECK(format.has_value(), path,
             ": unknown ending; input files end with .jsonl, .json, .ndjson, .txt, .text or .md (also with "
             ".gz or .zst after it), or with .parquet");
  return {path, *format, static_cast<int64_t>(std::filesystem::file_size(path))};
}

std::vector<std::string> FilesOfFolder(const std::string& folder) {
  std::vector<std::string> paths;
  namespace fs = std::filesystem;
  for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::recursive_directory_iterator();
       ++entry) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.')) {
      if (entry->is_directory()) {
        entry.disable_recursion_pending();
      }
    } else if (entry->is_regular_file() && FormatOf(name)) {
      paths.push_back(entry->path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  VFFN_CHECK(!paths.empty(), folder,
             ": the folder has no input files (.jsonl, .json, .ndjson, .txt, .text, .md, .parquet)");
  return paths;
}

std::vector<std::string> FilesOfPattern(const std::string& pattern) {
  glob_t found = {};
  const int status = glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);
  std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + (status == 0 ? found.gl_pathc : 0));
  globfree(&found);
  std::erase_if(paths, [](const std::string& path) { return std::filesystem::is_directory(path); });
  std::sort(paths.begin(), paths.end());
  VFFN_CHECK(!paths.empty(), pattern, ": no such file or folder, and no file fits it as a pattern");
  return paths;
}

/// JSON lines, and plain text whose lines are documents: chunks end at the end of a line.
class LineReader : public InputReader {
 public:
  LineReader(const InputFile& file, const SourceOptions& options)
      : path_(file.path), chunk_bytes_(static_cast<size_t>(options.chunk_bytes)), file_(file.path) {}

  bool Next(InputChunk& chunk) override {
    chunk.rows.clear();
    chunk.bytes.assign(rest_);  // keeps its memory from chunk to chunk
    rest_.clear();
    for (;;) {
      if (!file_.ended()) {
        file_.Read(chunk_bytes_, chunk.bytes);
      }
      if (file_.ended()) {
        break;
      }
      if (const size_t end = chunk.bytes.rfind('\n'); end != std::string::npos) {
        rest_.assign(chunk.bytes, end + 1);
        chunk.bytes.resize(end + 1);
        break;
      }
      VFFN_CHECK(chunk.bytes.size() <= kMaxDocument, path_, ":", line_, ": longer than ", kMaxDocument,
                 " bytes");
    }
    chunk.first_location = line_;
    line_ += std::count(chunk.bytes.begin(), chunk.bytes.end(), '\n');
    return !chunk.bytes.empty();
  }

  int64_t bytes_read() const override { return file_.packed_bytes(); }
  std::string Hash() override { return file_.Hash(); }

 private:
  std::string path_;
  size_t chunk_bytes_;
  UnpackedFile file_;
  std::string rest_;  // the beginning of the next chunk
  int64_t line_ = 1;
};

/// Plain text, the whole file one document.
class WholeFileReader : public InputReader {
 public:
  explicit WholeFileReader(const InputFile& file) : path_(file.path), file_(file.path) {}

  bool Next(InputChunk& chunk) override {
    if (file_.ended()) {
      return false;
    }
    chunk = InputChunk();
    file_.Read(kMaxDocument + 1, chunk.bytes);
    VFFN_CHECK(chunk.bytes.size() <= kMaxDocument, path_, ": longer than ", kMaxDocument,
               " bytes; if its lines are documents, give --text_lines");
    return true;
  }

  int64_t bytes_read() const override { return file_.packed_bytes(); }
  std::string Hash() override { return file_.Hash(); }

 private:
  std::string path_;
  UnpackedFile file_;
};

std::string_view WithoutByteOrderMark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  return text.starts_with(kMark) ? text.substr(kMark.size()) : text;
}

/// Hands the documents of one chunk to the sink.
class ChunkParser {
 public:
  ChunkParser(const InputFile& file, const SourceOptions& options, bool skip_bad, const DocumentSink& sink)
      : file_(file), options_(options), skip_bad_(skip_bad), sink_(sink) {}

  ParsedChunk Parse(const InputChunk& chunk) {
    const std::string_view bytes = chunk.bytes;
    if (file_.format == InputFormat::kParquet) {
      int64_t location = chunk.first_location;
      for (const InputChunk::Row& row : chunk.rows) {
        if (!Give(location++, bytes.substr(row.text_begin, row.text_end - row.text_begin),
                  bytes.substr(row.text_end, row.id_end - row.text_end))) {
          break;
        }
      }
    } else if (file_.format == InputFormat::kText && !options_.text_lines) {
      Give(chunk.first_location, WithoutByteOrderMark(bytes), {});
    } else {
      ParseLines(bytes, chunk.first_location);
    }
    return counts_;
  }

 private:
  void ParseLines(std::string_view bytes, int64_t location) {
    JsonDocumentReader reader(options_.text_field, options_.id_field);
    for (size_t start = 0; start < bytes.size(); ++location) {
      const size_t end = std::min(bytes.find('\n', start), bytes.size());
      const std::string_view line = bytes.substr(start, end - start);
      start = end + 1;
      bool more = true;
      if (file_.format == InputFormat::kText) {
        more = Give(location, location == 1 ? WithoutByteOrderMark(line) : line, {});
      } else if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
        const bool read = Guarded(location, [&] { reader.Read(line); });
        more = !read || Give(location, reader.text(), reader.id());
      }
      if (!more) {
        return;
      }
    }
  }

  bool Give(int64_t location, std::string_view text, std::string_view id) {
    const bool valid = Guarded(location, [&] {
      CheckUtf8(text);
      VFFN_CHECK(FindInvalidUtf8(id) == std::string_view::npos, "the identifier is not valid UTF-8");
    });
    if (!valid) {
      return true;
    }
    if (!options_.as_it_stands) {
      text = PythonStrip(text);
    }
    if (text.empty()) {
      ++counts_.empty;
      if (!options_.as_it_stands) {
        return true;
      }
    }
    std::string made;
    if (options_.id_field.empty() || file_.format == InputFormat::kText) {
      made = IdOf(location);
      id = made;
    }
    return sink_({text, id, location});
  }

  std::string IdOf(int64_t location) {
    if (path_hash_.empty()) {
      Sha256 hash;
      hash.Update(file_.path);
      path_hash_ = hash.Hex();
    }
    return path_hash_ + "-" + std::to_string(location);
  }

  /// False if `check` throws Error and such documents are skipped.
  template <class Check>
  bool Guarded(int64_t location, Check&& check) {
    try {
      check();
      return true;
    } catch (const Error& error) {
      if (!skip_bad_) {
        Fail(file_.path, file_.format == InputFormat::kParquet ? ": row " : ":", location, ": ", error.what(),
             " (--skip_bad leaves such documents out and counts them)");
      }
    }
    ++counts_.skipped;
    return false;
  }

  const InputFile& file_;
  const SourceOptions& options_;
  bool skip_bad_;
  const DocumentSink& sink_;
  std::string path_hash_;
  ParsedChunk counts_;
};

}  // namespace

std::vector<InputFile> ListInputFiles(const std::vector<std::string>& arguments) {
  std::vector<InputFile> files;
  std::set<std::filesystem::path> seen;
  for (const std::string& argument : arguments) {
    std::vector<std::string> paths;
    if (std::filesystem::is_directory(argument)) {
      paths = FilesOfFolder(argument);
    } else if (std::filesystem::exists(argument)) {
      paths = {argument};
    } else {
      paths = FilesOfPattern(argument);
    }
    for (const std::string& path : paths) {
      VFFN_CHECK(seen.insert(std::filesystem::weakly_canonical(path)).second, path, ": given twice");
      files.push_back(MakeInputFile(path));
    }
  }
  VFFN_CHECK(!files.empty(), "no input files");
  return files;
}

std::unique_ptr<InputReader> OpenInput(const InputFile& file, const SourceOptions& options) {
  if (file.format == InputFormat::kParquet) {
    return OpenParquetDocuments(file, options);
  }
  if (file.format == InputFormat::kText && !options.text_lines) {
    return std::make_unique<WholeFileReader>(file);
  }
  return std::make_unique<LineReader>(file, options);
}

ParsedChunk ParseChunk(const InputFile& file, const SourceOptions& options, const InputChunk& chunk,
                       bool skip_bad, const DocumentSink& sink) {
  return ChunkParser(file, options, skip_bad, sink).Parse(chunk);
}

}  // namespace vffn
