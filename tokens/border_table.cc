#include "tokens/border_table.h"

#include <zlib.h>

#include <charconv>

#include "base/error.h"

namespace vffn {
namespace {

constexpr size_t kTableBuffer = size_t{1} << 18;  // bytes
constexpr int kLevel = 6;

void AppendField(std::string_view field, std::string& row) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
    row.append(field);
    return;
  }
  row += '"';
  for (const char byte : field) {
    if (byte == '"') {
      row += '"';
    }
    row += byte;
  }
  row += '"';
}

}  // namespace

class BorderTableWriter::Deflater {
 public:
  explicit Deflater(AtomicFile& file) : file_(file) {
    constexpr int kGzip = 15 + 16, kMemory = 8;
    VFFN_CHECK(deflateInit2(&zip_, kLevel, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) == Z_OK,
               "zlib could not be started");
  }
  ~Deflater() { deflateEnd(&zip_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  void Write(std::string_view bytes, bool last) {
    zip_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    zip_.avail_in = static_cast<uInt>(bytes.size());
    char out[1 << 15];
    do {
      zip_.next_out = reinterpret_cast<Bytef*>(out);
      zip_.avail_out = sizeof(out);
      deflate(&zip_, last ? Z_FINISH : Z_NO_FLUSH);
      file_.Write({out, sizeof(out) - zip_.avail_out});
    } while (zip_.avail_out == 0);
  }

 private:
  AtomicFile& file_;
  z_stream zip_ = {};
};

BorderTableWriter::BorderTableWriter(const std::filesystem::path& path)
    : file_(path), deflater_(std::make_unique<Deflater>(file_)) {}

BorderTableWriter::~BorderTableWriter() = default;

void BorderTableWriter::Append(int64_t start, int64_t end, std::string_view id, std::string_view source,
                               int64_t location) {
  rows_.append(std::to_string(start)).append(1, ',').append(std::to_string(end)).append(1, ',');
  AppendField(id, rows_);
  rows_ += ',';
  AppendField(source, rows_);
  rows_.append(1, ',').append(std::to_string(location)).append("\r\n");
  if (rows_.size() >= kTableBuffer) {
    deflater_->Write(rows_, /*last=*/false);
    rows_.clear();
  }
}

void BorderTableWriter::Finish() {
  deflater_->Write(rows_, /*last=*/true);
  file_.Finish();
}

BorderTableReader::BorderTableReader(const std::filesystem::path& path) : path_(path.string()), file_(path) {}

void BorderTableReader::FailWith(std::string_view what) const {
  Fail(path_, ": row ", row_, ": ", what, "; a border table has the columns start,end,id,src,loc");
}

bool BorderTableReader::Fill() {
  if (position_ == buffer_.size()) {
    buffer_.clear();
    position_ = 0;
    file_.Read(kTableBuffer, buffer_);
  }
  return position_ < buffer_.size();
}

/// False at the end of the file.
bool BorderTableReader::ReadRow(std::string (&fields)[5]) {
  for (std::string& field : fields) {
    field.clear();
  }
  if (!Fill()) {
    return false;
  }
  ++row_;
  size_t column = 0;
  bool quoted = false, row_ended = false;
  while (!row_ended && Fill()) {
    const char byte = buffer_[position_++];
    if (quoted) {
      if (byte != '"') {
        fields[column] += byte;
      } else if (Fill() && buffer_[position_] == '"') {
        fields[column] += '"';
        ++position_;
      } else {
        quoted = false;
      }
    } else if (byte == '"' && fields[column].empty()) {
      quoted = true;
    } else if (byte == ',') {
      if (++column == std::size(fields)) {
        FailWith("more than five columns");
      }
    } else if (byte == '\n') {
      row_ended = true;
    } else if (byte != '\r') {
      fields[column] += byte;
    }
  }
  if (quoted || column + 1 != std::size(fields)) {
    FailWith(quoted ? "the file ends inside quotes" : "fewer than five columns");
  }
  return true;
}

bool BorderTableReader::Next(DocumentBorders& row) {
  std::string fields[5];
  if (!ReadRow(fields)) {
    return false;
  }
  const auto number = [&](const std::string& text) {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) {
      FailWith("\"" + text + "\" is not a whole number from 0");
    }
    return value;
  };
  row.start = number(fields[0]);
  row.end = number(fields[1]);
  row.id = std::move(fields[2]);
  row.source = std::move(fields[3]);
  row.location = number(fields[4]);
  return true;
}

std::filesystem::path BorderTableOf(const std::filesystem::path& token_file) {
  std::filesystem::path path = token_file;
  return path.replace_extension(".csv.gz");
}

}  // namespace vffn
