// Text files read line by line, plain or gzip.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace vffn {

/// Lines end with "\n" or the end of the file; the "\n" is not part of the line. Whether a file is gzip is
/// told from its first bytes; a file named *.gz must be. Several gzip members in a row read as one text.
/// Every error is thrown as Error with the file and the byte offset in it: a file that cannot be opened or
/// read, gzip data that is damaged, truncated or followed by something else, a line longer than 256 MiB.
class LineFile {
 public:
  explicit LineFile(const std::filesystem::path& path);
  ~LineFile();
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  /// The next line, valid until the next call; nothing at the end of the file.
  std::optional<std::string_view> Next();

  /// The next line that has more than blanks, tabs and carriage returns: in JSON lines, the next record.
  std::optional<std::string_view> NextRecord();

  /// Number of the line given last, from 1. Blank lines count.
  int64_t line() const { return line_; }

  /// Byte offset of that line in the (unpacked) text.
  int64_t offset() const { return offset_; }

  /// "FILE:LINE (byte OFFSET)" of that line, to begin an error message with.
  std::string Origin() const;

 private:
  class Source;  // the file's bytes, unpacked

  std::string path_;
  std::unique_ptr<Source> source_;
  std::string buffer_;  // unpacked text
  size_t start_ = 0;    // where the next line begins in it
  int64_t line_ = 0;
  int64_t offset_ = 0;
  int64_t next_offset_ = 0;
};

}  // namespace vffn
