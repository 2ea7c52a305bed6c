// Documents of a corpus: JSON lines, Parquet and plain text, plain or packed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

enum class InputFormat {
  kJsonLines,  ///< *.jsonl, *.json, *.ndjson: one object on each line; blank lines are skipped
  kParquet,    ///< *.parquet: one document in each row
  kText,       ///< *.txt, *.text, *.md
};

struct InputFile {
  std::string path;  ///< as the user wrote it, or as found in the folder
  InputFormat format = InputFormat::kJsonLines;
  int64_t bytes = 0;  ///< on the disk
};

/// The files that the arguments name, in this order: a file; a folder (its files with a known ending, those
/// in subfolders too, sorted by path; hidden files are left out); a pattern with *, ? or [] (sorted by path).
/// The ending, without .gz or .zst, gives the format. Throws Error if an argument names no file or a file
/// of an unknown ending, or if a file is named twice.
std::vector<InputFile> ListInputFiles(const std::vector<std::string>& arguments);

struct SourceOptions {
  std::string text_field = "text";  ///< string; field of the JSON object, column of the Parquet file
  std::string id_field = "id";      ///< string or integer; empty: identifiers are "SHA256-LOCATION" (below)
  bool text_lines = false;          ///< plain text: each line is a document. Otherwise each file is one
  bool as_it_stands = false;  ///< white space at both ends stays, and documents without text are given, too
  int64_t chunk_bytes = int64_t{16} << 20;  ///< of unpacked input that is read at once; affects no document
};

/// A part of a file: whole documents, not parsed yet.
struct InputChunk {
  /// A document that has been found in `bytes` already: its text, then its identifier.
  struct Row {
    size_t text_begin = 0, text_end = 0, id_end = 0;
  };
  std::string bytes;
  std::vector<Row> rows;       ///< Parquet only
  int64_t first_location = 1;  ///< of the first line or row
};

/// Reads one file from start to end. The chunks depend on the file and the options only. One thread at a
/// time. All functions throw Error with the file and the line, row or byte.
class InputReader {
 public:
  virtual ~InputReader() = default;
  /// False at the end of the file.
  virtual bool Next(InputChunk& chunk) = 0;
  /// Bytes of the file that have been read; an estimate for Parquet.
  virtual int64_t bytes_read() const = 0;
  /// SHA-256 of the file, after Next has returned false.
  virtual std::string Hash() = 0;
};

std::unique_ptr<InputReader> OpenInput(const InputFile& file, const SourceOptions& options);

/// One document. Identifiers that the input does not have are made as dolma makes them: SHA-256 of the path,
/// a hyphen, the location. `text` is valid UTF-8, without the white space at both ends (Python's str.strip)
/// unless it is wanted as it stands. A byte order mark at the start of a text file is not part of it.
struct Document {
  std::string_view text, id;
  int64_t location = 0;  ///< line or row, from 1; 1 for a text file
};

struct ParsedChunk {
  int64_t empty = 0;    ///< documents without text: left out, unless wanted as they stand
  int64_t skipped = 0;  ///< documents with an error, if they are skipped
};

/// Returns false to stop early.
using DocumentSink = std::function<bool(const Document&)>;

/// Calls `sink` with the documents of a chunk, in order. Throws Error with file and line or row for the first
/// one that cannot be read (not JSON, no such field, malformed UTF-8), unless `skip_bad`.
ParsedChunk ParseChunk(const InputFile& file, const SourceOptions& options, const InputChunk& chunk,
                       bool skip_bad, const DocumentSink& sink);

}  // namespace vffn
