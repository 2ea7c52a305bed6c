#include "model/weights/zip_writer.h"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "model/weights/zip_format.h"

namespace vffn {
namespace {

static_assert(std::endian::native == std::endian::little, "zip archives are little-endian");

constexpr uint16_t kVersion64 = 45;    ///< the first version of zip that knows zip64
constexpr uint16_t kFlags = 0x0808;    ///< checksum and sizes follow the data; the name is UTF-8
constexpr uint16_t kDay = 0x0021;      ///< 1 January 1980, the first: the same bytes every time
constexpr uint16_t kZip64Field = 1;    ///< of an extra field
constexpr uint16_t kPadding = 0x4246;  ///< "FB", the padding that torch writes
constexpr uint64_t kAlignment = 64;

bool Needs64(uint64_t value) { return value >= zip::kSee64; }

/// The value, or the mark that says that the zip64 field has it.
uint32_t Short(uint64_t value) { return Needs64(value) ? zip::kSee64 : static_cast<uint32_t>(value); }

/// Little-endian fields, one after the other.
class Record {
 public:
  template <class T>
  Record& Add(std::type_identity_t<T> value) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    bytes_.append(bytes, sizeof(T));
    return *this;
  }
  Record& Add(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

uint16_t Size16(const std::string& text) {
  VFFN_CHECK(text.size() < zip::kSee64Short, "zip archive: a name or field of ", text.size(), " bytes");
  return static_cast<uint16_t>(text.size());
}

}  // namespace

void ZipWriter::Put(std::string_view bytes) {
  sink_(bytes);
  position_ += bytes.size();
}

void ZipWriter::PutLocalHeader(const Entry& entry) {
  Record extra;
  if (Needs64(entry.size)) {  // also says that the sizes after the data take 8 bytes
    extra.Add<uint16_t>(kZip64Field).Add<uint16_t>(16).Add<uint64_t>(entry.size).Add<uint64_t>(entry.size);
  }
  constexpr uint64_t kHeaderSize = 30, kFieldHeader = 4;
  const uint64_t data = position_ + kHeaderSize + entry.name.size() + extra.bytes().size() + kFieldHeader;
  const uint64_t padding = (kAlignment - data % kAlignment) % kAlignment;
  extra.Add<uint16_t>(kPadding).Add<uint16_t>(static_cast<uint16_t>(padding)).Add(std::string(padding, 'Z'));
  const uint32_t size = Needs64(entry.size) ? zip::kSee64 : 0;  // otherwise it follows the data
  Record header;
  header.Add<uint32_t>(zip::kLocalHeader).Add<uint16_t>(kVersion64).Add<uint16_t>(kFlags);
  header.Add<uint16_t>(0).Add<uint16_t>(0).Add<uint16_t>(kDay);  // stored; midnight
  header.Add<uint32_t>(0).Add<uint32_t>(size).Add<uint32_t>(size);
  header.Add<uint16_t>(Size16(entry.name)).Add<uint16_t>(Size16(extra.bytes()));
  header.Add(entry.name).Add(extra.bytes());
  Put(header.bytes());
}

void ZipWriter::PutDescriptor(const Entry& entry) {
  Record record;
  record.Add<uint32_t>(zip::kDescriptor).Add<uint32_t>(entry.checksum);
  if (Needs64(entry.size)) {
    record.Add<uint64_t>(entry.size).Add<uint64_t>(entry.size);
  } else {
    record.Add<uint32_t>(static_cast<uint32_t>(entry.size)).Add<uint32_t>(static_cast<uint32_t>(entry.size));
  }
  Put(record.bytes());
}

void ZipWriter::Add(std::string name, uint64_t size, const std::function<void(const ByteSink&)>& write) {
  VFFN_CHECK(names_.insert(name).second, "zip archive: entry ", name, " is there twice");
  Entry entry{std::move(name), size, position_, static_cast<uint32_t>(crc32_z(0, nullptr, 0))};
  PutLocalHeader(entry);
  const uint64_t begin = position_;
  write([&](std::string_view bytes) {
    entry.checksum = static_cast<uint32_t>(
        crc32_z(entry.checksum, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
    Put(bytes);
  });
  VFFN_CHECK(position_ - begin == size, "zip archive: entry ", entry.name, " should have ", size,
             " bytes, has ", position_ - begin);
  PutDescriptor(entry);
  entries_.push_back(std::move(entry));
}

void ZipWriter::Add(std::string name, std::string_view bytes) {
  Add(std::move(name), bytes.size(), [&](const ByteSink& sink) { sink(bytes); });
}

void ZipWriter::PutEnd(uint64_t directory, uint64_t directory_size) {
  const uint64_t count = entries_.size();
  Record record;
  if (Needs64(directory) || Needs64(directory_size) || count >= zip::kSee64Short) {
    const uint64_t end = position_;
    constexpr uint64_t kRest = 44;  // of the record, after this field
    record.Add<uint32_t>(zip::kEnd64)
        .Add<uint64_t>(kRest)
        .Add<uint16_t>(kVersion64)
        .Add<uint16_t>(kVersion64);
    record.Add<uint32_t>(0).Add<uint32_t>(0).Add<uint64_t>(count).Add<uint64_t>(count);
    record.Add<uint64_t>(directory_size).Add<uint64_t>(directory);
    record.Add<uint32_t>(zip::kEnd64Locator).Add<uint32_t>(0).Add<uint64_t>(end).Add<uint32_t>(1);
  }
  const auto short_count = static_cast<uint16_t>(std::min<uint64_t>(count, zip::kSee64Short));
  record.Add<uint32_t>(zip::kEnd).Add<uint16_t>(0).Add<uint16_t>(0);
  record.Add<uint16_t>(short_count).Add<uint16_t>(short_count);
  record.Add<uint32_t>(Short(directory_size)).Add<uint32_t>(Short(directory)).Add<uint16_t>(0);
  Put(record.bytes());
}

void ZipWriter::Finish() {
  const uint64_t directory = position_;
  for (const Entry& entry : entries_) {
    Record values;
    if (Needs64(entry.size)) {
      values.Add<uint64_t>(entry.size).Add<uint64_t>(entry.size);
    }
    if (Needs64(entry.offset)) {
      values.Add<uint64_t>(entry.offset);
    }
    Record extra;
    if (!values.bytes().empty()) {
      extra.Add<uint16_t>(kZip64Field).Add<uint16_t>(Size16(values.bytes())).Add(values.bytes());
    }
    Record header;
    header.Add<uint32_t>(zip::kCentralHeader).Add<uint16_t>(kVersion64).Add<uint16_t>(kVersion64);
    header.Add<uint16_t>(kFlags).Add<uint16_t>(0).Add<uint16_t>(0).Add<uint16_t>(kDay);
    header.Add<uint32_t>(entry.checksum).Add<uint32_t>(Short(entry.size)).Add<uint32_t>(Short(entry.size));
    header.Add<uint16_t>(Size16(entry.name)).Add<uint16_t>(Size16(extra.bytes()));
    header.Add<uint16_t>(0).Add<uint16_t>(0).Add<uint16_t>(0).Add<uint32_t>(0);  // comment, part, attributes
    header.Add<uint32_t>(Short(entry.offset)).Add(entry.name).Add(extra.bytes());
    Put(header.bytes());
  }
  PutEnd(directory, position_ - directory);
}

}  // namespace vffn
