#include "tokens/unpacked_file.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/sha256.h"

namespace vffn {
namespace {

constexpr size_t kReadBuffer = size_t{1} << 18;
constexpr int kGzipWindow = 15 + 16;  // 32 kB window, gzip wrapper
constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";

}  // namespace

/// The file's bytes as they are on the disk, hashed as they are read.
class UnpackedFile::DiskFile {
 public:
  explicit DiskFile(const std::filesystem::path& path) : path_(path.string()), buffer_(kReadBuffer) {
    VFFN_CHECK(!std::filesystem::is_directory(path), path_, ": is a folder, not a file");
    file_ = std::fopen(path.c_str(), "rb");
    VFFN_CHECK(file_ != nullptr, path_, ": cannot be opened for reading: ", std::strerror(errno));
  }
  ~DiskFile() { std::fclose(file_); }
  DiskFile(const DiskFile&) = delete;
  DiskFile& operator=(const DiskFile&) = delete;

  /// Bytes that have been read and not been taken; empty only at the end of the file.
  std::string_view Peek() {
    if (rest_.empty()) {
      const size_t count = std::fread(buffer_.data(), 1, buffer_.size(), file_);
      VFFN_CHECK(std::ferror(file_) == 0, path_, ": read error after byte ", read_, ": ",
                 std::strerror(errno));
      read_ += static_cast<int64_t>(count);
      rest_ = std::string_view(buffer_.data(), count);
      hash_.Update(rest_);
    }
    return rest_;
  }
  void Take(size_t count) { rest_.remove_prefix(count); }

  /// Offset of the first byte that has not been taken.
  int64_t position() const { return read_ - static_cast<int64_t>(rest_.size()); }
  int64_t read() const { return read_; }
  const std::string& path() const { return path_; }
  std::string Hash() { return hash_.Hex(); }

 private:
  std::string path_;
  std::vector<char> buffer_;
  std::FILE* file_ = nullptr;
  std::string_view rest_;
  int64_t read_ = 0;
  Sha256 hash_;
};

class UnpackedFile::Unpacker {
 public:
  virtual ~Unpacker() = default;

  /// Writes up to `capacity` bytes to `out` and returns how many; 0 only at the end of the file.
  virtual size_t Read(char* out, size_t capacity) = 0;
};

class UnpackedFile::Plain : public Unpacker {
 public:
  explicit Plain(DiskFile& disk) : disk_(disk) {}

  size_t Read(char* out, size_t capacity) override {
    const std::string_view bytes = disk_.Peek();
    const size_t count = std::min(bytes.size(), capacity);
    std::copy_n(bytes.data(), count, out);
    disk_.Take(count);
    return count;
  }

 private:
  DiskFile& disk_;
};

class UnpackedFile::Gzip : public Unpacker {
 public:
  explicit Gzip(DiskFile& disk) : disk_(disk) {
    VFFN_CHECK(inflateInit2(&zip_, kGzipWindow) == Z_OK, disk_.path(), ": zlib could not be started");
  }
  ~Gzip() override { inflateEnd(&zip_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  size_t Read(char* out, size_t capacity) override {
    zip_.next_out = reinterpret_cast<Bytef*>(out);
    zip_.avail_out = static_cast<uInt>(capacity);
    while (zip_.avail_out == capacity) {
      const std::string_view input = disk_.Peek();
      if (input.empty()) {
        VFFN_CHECK(member_ended_, disk_.path(), ": truncated gzip data: the file ends at byte ", disk_.read(),
                   " inside a member");
        return 0;
      }
      if (member_ended_) {
        VFFN_CHECK(inflateReset(&zip_) == Z_OK, disk_.path(), ": zlib could not be restarted");
        member_ended_ = false;
      }
      zip_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
      zip_.avail_in = static_cast<uInt>(input.size());
      const int status = inflate(&zip_, Z_NO_FLUSH);
      disk_.Take(input.size() - zip_.avail_in);
      member_ended_ = status == Z_STREAM_END;
      VFFN_CHECK(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR, disk_.path(),
                 ": damaged gzip data near byte ", disk_.position(), ": ",
                 zip_.msg != nullptr ? zip_.msg : "unknown error");
    }
    return capacity - zip_.avail_out;
  }

 private:
  DiskFile& disk_;
  z_stream zip_ = {};
  bool member_ended_ = false;
};

class UnpackedFile::Zstd : public Unpacker {
 public:
  explicit Zstd(DiskFile& disk) : disk_(disk), stream_(ZSTD_createDStream()) {
    VFFN_CHECK(stream_ != nullptr, disk_.path(), ": zstd could not be started");
    ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, 31);  // also files made with --long=31
  }
  ~Zstd() override { ZSTD_freeDStream(stream_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  size_t Read(char* out, size_t capacity) override {
    ZSTD_outBuffer output = {out, capacity, 0};
    while (output.pos == 0) {
      const std::string_view bytes = disk_.Peek();
      if (bytes.empty() && frame_ended_) {
        return 0;
      }
      ZSTD_inBuffer input = {bytes.data(), bytes.size(), 0};
      const size_t status = ZSTD_decompressStream(stream_, &output, &input);
      disk_.Take(input.pos);
      VFFN_CHECK(ZSTD_isError(status) == 0, disk_.path(), ": damaged zstd data near byte ", disk_.position(),
                 ": ", ZSTD_getErrorName(status));
      frame_ended_ = status == 0;
      VFFN_CHECK(!bytes.empty() || output.pos > 0 || frame_ended_, disk_.path(),
                 ": truncated zstd data: the file ends at byte ", disk_.read(), " inside a frame");
    }
    return output.pos;
  }

 private:
  DiskFile& disk_;
  ZSTD_DStream* stream_;
  bool frame_ended_ = true;
};

UnpackedFile::UnpackedFile(const std::filesystem::path& path) : disk_(std::make_unique<DiskFile>(path)) {
  const std::string_view start = disk_->Peek();
  const bool gzip = start.starts_with(kGzipMagic);
  const bool zstd = start.starts_with(kZstdMagic);
  VFFN_CHECK(gzip || path.extension() != ".gz", path.string(), ": not a gzip file, though named so (byte 0)");
  VFFN_CHECK(zstd || path.extension() != ".zst", path.string(),
             ": not a zstd file, though named so (byte 0)");
  if (gzip) {
    unpacker_ = std::make_unique<Gzip>(*disk_);
  } else if (zstd) {
    unpacker_ = std::make_unique<Zstd>(*disk_);
  } else {
    unpacker_ = std::make_unique<Plain>(*disk_);
  }
}

UnpackedFile::~UnpackedFile() = default;

void UnpackedFile::Read(size_t size, std::string& text) {
  size_t filled = text.size();
  const size_t end = filled + size;
  while (filled < end && !ended_) {
    text.resize(std::min(end, filled + (size_t{1} << 20)));
    const size_t count = unpacker_->Read(text.data() + filled, text.size() - filled);
    ended_ = count == 0;
    filled += count;
  }
  text.resize(filled);
}

int64_t UnpackedFile::packed_bytes() const { return disk_->read(); }

std::string UnpackedFile::Hash() {
  VFFN_CHECK(ended_, disk_->path(), ": hashed before its end");
  return disk_->Hash();
}

}  // namespace vffn
