// The borders of the documents in a token file: the .csv.gz beside it, as dolma writes it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/atomic_file.h"
#include "tokens/unpacked_file.h"

namespace vffn {

/// One row: start,end,id,src,loc. No heading; lines end with "\r\n"; fields are quoted only where needed
/// (Python's csv.writer).
struct DocumentBorders {
  int64_t start = 0, end = 0;  ///< tokens start .. end - 1 of the file; the eos is one of them
  std::string id;
  std::string source;    ///< the input file
  int64_t location = 0;  ///< line or row in it, from 1
};

/// Writes a table that appears under its name only when it is finished. Throws Error if it cannot be written.
class BorderTableWriter {
 public:
  explicit BorderTableWriter(const std::filesystem::path& path);
  ~BorderTableWriter();

  void Append(int64_t start, int64_t end, std::string_view id, std::string_view source, int64_t location);
  void Finish();

 private:
  class Deflater;
  AtomicFile file_;
  std::unique_ptr<Deflater> deflater_;
  std::string rows_;
};

/// Reads a table, dolma's or ours, row by row. Throws Error with file and row if it is damaged.
class BorderTableReader {
 public:
  explicit BorderTableReader(const std::filesystem::path& path);

  /// False at the end.
  bool Next(DocumentBorders& row);

 private:
  bool Fill();
  bool ReadRow(std::string (&fields)[5]);
  [[noreturn]] void FailWith(std::string_view what) const;

  std::string path_;
  UnpackedFile file_;
  std::string buffer_;
  size_t position_ = 0;
  int64_t row_ = 0;
};

/// The table that belongs to a token file: "part-0-00000.npy" -> "part-0-00000.csv.gz".
std::filesystem::path BorderTableOf(const std::filesystem::path& token_file);

}  // namespace vffn
