#include "base/line_file.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "base/error.h"

namespace vffn {
namespace {

constexpr size_t kMaxLine = size_t{256} << 20;
constexpr size_t kChunk = size_t{1} << 17;
constexpr int kGzipWindow = 15 + 16;  // 32 kB window, gzip wrapper

}  // namespace

class LineFile::Source {
 public:
  explicit Source(const std::filesystem::path& path) : path_(path.string()), input_(kChunk) {
    VFFN_CHECK(!std::filesystem::is_directory(path), path_, ": is a folder, not a file");
    file_ = std::fopen(path.c_str(), "rb");
    VFFN_CHECK(file_ != nullptr, path_, ": cannot be opened for reading: ", std::strerror(errno));
    try {
      Fill();
      const bool magic = zip_.avail_in >= 2 && zip_.next_in[0] == 0x1f && zip_.next_in[1] == 0x8b;
      VFFN_CHECK(magic || path.extension() != ".gz", path_, ": not a gzip file, though named so (byte 0)");
      if (magic) {
        VFFN_CHECK(inflateInit2(&zip_, kGzipWindow) == Z_OK, path_, ": zlib could not be started");
        gzip_ = true;
      }
    } catch (...) {
      std::fclose(file_);
      throw;
    }
  }

  ~Source() {
    if (gzip_) {
      inflateEnd(&zip_);
    }
    std::fclose(file_);
  }

  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  /// Appends some bytes to `text`; false at the end of the file.
  bool Read(std::string& text) { return gzip_ ? ReadGzip(text) : ReadPlain(text); }

 private:
  /// Makes input available unless there is some or the file has ended.
  void Fill() {
    if (zip_.avail_in > 0) {
      return;
    }
    const size_t count = std::fread(input_.data(), 1, input_.size(), file_);
    VFFN_CHECK(std::ferror(file_) == 0, path_, ": read error after byte ", read_);
    read_ += static_cast<int64_t>(count);
    zip_.next_in = input_.data();
    zip_.avail_in = static_cast<uInt>(count);
  }

  bool ReadPlain(std::string& text) {
    Fill();
    const size_t count = zip_.avail_in;
    text.append(reinterpret_cast<const char*>(zip_.next_in), count);
    zip_.avail_in = 0;
    return count > 0;
  }

  bool ReadGzip(std::string& text) {
    const size_t old_size = text.size();
    while (text.size() == old_size) {
      Fill();
      if (zip_.avail_in == 0) {
        VFFN_CHECK(member_ended_, path_, ": truncated gzip data: the file ends at byte ", read_,
                   " inside a member");
        return false;
      }
      if (member_ended_) {
        VFFN_CHECK(inflateReset(&zip_) == Z_OK, path_, ": zlib could not be restarted");
        member_ended_ = false;
      }
      text.resize(old_size + kChunk);
      zip_.next_out = reinterpret_cast<Bytef*>(text.data() + old_size);
      zip_.avail_out = static_cast<uInt>(kChunk);
      const int status = inflate(&zip_, Z_NO_FLUSH);
      text.resize(old_size + kChunk - zip_.avail_out);
      member_ended_ = status == Z_STREAM_END;
      VFFN_CHECK(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR, path_,
                 ": damaged gzip data near byte ", read_ - zip_.avail_in, ": ",
                 zip_.msg != nullptr ? zip_.msg : "zlib error ",
                 zip_.msg != nullptr ? "" : std::to_string(status));
    }
    return true;
  }

  std::string path_;
  std::vector<Bytef> input_;
  std::FILE* file_ = nullptr;
  z_stream zip_ = {};  // of a plain file, only the input fields are used
  bool gzip_ = false;
  bool member_ended_ = false;
  int64_t read_ = 0;  // bytes read from the file
};

LineFile::LineFile(const std::filesystem::path& path)
    : path_(path.string()), source_(std::make_unique<Source>(path)) {}

LineFile::~LineFile() = default;

std::optional<std::string_view> LineFile::Next() {
  size_t searched = start_;
  size_t end = 0;
  while ((end = buffer_.find('\n', searched)) == std::string::npos) {
    buffer_.erase(0, start_);
    start_ = 0;
    searched = buffer_.size();
    VFFN_CHECK(searched <= kMaxLine, path_, ": line ", line_ + 1, " (byte ", next_offset_,
               ") is longer than ", kMaxLine, " bytes");
    if (!source_->Read(buffer_)) {
      break;
    }
  }
  if (start_ == buffer_.size()) {
    return std::nullopt;
  }
  const size_t begin = start_;
  const size_t stop = std::min(end, buffer_.size());
  start_ = std::min(stop + 1, buffer_.size());
  ++line_;
  offset_ = next_offset_;
  next_offset_ += static_cast<int64_t>(start_ - begin);
  return std::string_view(buffer_).substr(begin, stop - begin);
}

std::optional<std::string_view> LineFile::NextRecord() {
  std::optional<std::string_view> line = Next();
  while (line && line->find_first_not_of(" \t\r") == std::string_view::npos) {
    line = Next();
  }
  return line;
}

std::string LineFile::Origin() const {
  return path_ + ":" + std::to_string(line_) + " (byte " + std::to_string(offset_) + ")";
}

}  // namespace vffn
