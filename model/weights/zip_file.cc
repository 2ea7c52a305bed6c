#include "model/weights/zip_file.h"

#include <algorithm>
#include <cstdint>

#include "base/error.h"
#include "model/weights/byte_reader.h"
#include "model/weights/zip_format.h"

namespace vffn {
namespace {

// Sizes of the records, from PKWARE's APPNOTE.TXT 6.3.
constexpr size_t kEndSize = 22;
constexpr size_t kEnd64LocatorSize = 20;
constexpr size_t kCentralHeaderSize = 46;
constexpr size_t kMaxComment = 0xffff;

struct Directory {
  uint64_t entries;
  uint64_t size;
  uint64_t offset;
};

void CheckSignature(ByteReader& reader, uint32_t expected, const char* what) {
  const size_t at = reader.position();
  VFFN_CHECK(reader.Read<uint32_t>(what) == expected, reader.origin(), ": corrupt zip archive: no ", what,
             " at byte ", at);
}

size_t FindEnd(std::string_view bytes, const std::string& origin) {
  const size_t most = std::min(bytes.size(), kEndSize + kMaxComment);
  for (size_t back = kEndSize; back <= most; ++back) {
    ByteReader reader(bytes, origin, bytes.size() - back);
    if (reader.Read<uint32_t>("end record") == zip::kEnd) {
      reader.Take(16, "end record");
      if (reader.Read<uint16_t>("comment length") == reader.remaining()) {
        return bytes.size() - back;
      }
    }
  }
  Fail(origin, ": truncated or corrupt zip archive: it has no end record");
}

Directory ReadEnd64(std::string_view bytes, size_t end, const std::string& origin) {
  VFFN_CHECK(end >= kEnd64LocatorSize, origin, ": corrupt zip archive: the zip64 locator is missing");
  ByteReader locator(bytes, origin, end - kEnd64LocatorSize);
  CheckSignature(locator, zip::kEnd64Locator, "zip64 locator");
  const auto disk = locator.Read<uint32_t>("zip64 locator");
  const auto offset = locator.Read<uint64_t>("zip64 locator");
  VFFN_CHECK(disk == 0 && offset <= end, origin, ": corrupt zip archive: its zip64 locator points to byte ",
             offset, " of part ", disk);
  ByteReader reader(bytes, origin, offset);
  CheckSignature(reader, zip::kEnd64, "zip64 end record");
  reader.Take(8 + 2 + 2, "zip64 end record");  // its size, versions
  const bool one_part =
      reader.Read<uint32_t>("zip64 end record") == 0 && reader.Read<uint32_t>("zip64 end record") == 0;
  const auto here = reader.Read<uint64_t>("zip64 end record");
  const auto entries = reader.Read<uint64_t>("zip64 end record");
  VFFN_CHECK(one_part && here == entries, origin, ": zip archives in several parts are not supported");
  const auto size = reader.Read<uint64_t>("zip64 end record");
  return {entries, size, reader.Read<uint64_t>("zip64 end record")};
}

Directory ReadEnd(std::string_view bytes, const std::string& origin) {
  const size_t end = FindEnd(bytes, origin);
  ByteReader reader(bytes, origin, end + sizeof(uint32_t));
  const auto disk = reader.Read<uint16_t>("end record");
  const auto directory_disk = reader.Read<uint16_t>("end record");
  const auto here = reader.Read<uint16_t>("end record");
  const auto entries = reader.Read<uint16_t>("end record");
  const auto size = reader.Read<uint32_t>("end record");
  const auto offset = reader.Read<uint32_t>("end record");
  if (entries == zip::kSee64Short || size == zip::kSee64 || offset == zip::kSee64) {
    return ReadEnd64(bytes, end, origin);
  }
  VFFN_CHECK(disk == 0 && directory_disk == 0 && here == entries, origin,
             ": zip archives in several parts are not supported");
  return {entries, size, offset};
}

/// One entry of the central directory.
struct ZipEntry {
  std::string name;
  uint64_t stored_size;
  uint64_t size;
  uint64_t header_offset;
};

/// Replaces the fields that are too small for their value by those in the zip64 extra field.
void ReadExtra(std::string_view extra, const std::string& origin, ZipEntry& entry) {
  ByteReader reader(extra, origin + ": zip entry " + entry.name);
  while (reader.remaining() >= 4) {
    const auto id = reader.Read<uint16_t>("extra field");
    const auto size = reader.Read<uint16_t>("extra field");
    ByteReader field(reader.Take(size, "extra field"), reader.origin());
    if (id != 1) {
      continue;
    }
    for (uint64_t* value : {&entry.size, &entry.stored_size, &entry.header_offset}) {
      if (*value == zip::kSee64) {
        *value = field.Read<uint64_t>("zip64 field");
      }
    }
  }
}

ZipEntry ReadCentralHeader(ByteReader& reader) {
  CheckSignature(reader, zip::kCentralHeader, "central header");
  reader.Take(4, "central header");  // versions
  const auto flags = reader.Read<uint16_t>("central header");
  const auto method = reader.Read<uint16_t>("central header");
  reader.Take(8, "central header");  // time, date, checksum
  const auto stored_size = reader.Read<uint32_t>("central header");
  const auto size = reader.Read<uint32_t>("central header");
  const auto name_size = reader.Read<uint16_t>("central header");
  const auto extra_size = reader.Read<uint16_t>("central header");
  const auto comment_size = reader.Read<uint16_t>("central header");
  reader.Take(8, "central header");  // part, attributes
  const auto header_offset = reader.Read<uint32_t>("central header");
  ZipEntry entry{std::string(reader.Take(name_size, "entry name")), stored_size, size, header_offset};
  ReadExtra(reader.Take(extra_size, "extra field"), reader.origin(), entry);
  reader.Take(comment_size, "comment");
  VFFN_CHECK((flags & 1) == 0, reader.origin(), ": zip entry ", entry.name, " is encrypted");
  VFFN_CHECK(method == 0 && entry.stored_size == entry.size, reader.origin(), ": zip entry ", entry.name,
             " is compressed (method ", method, "), which torch.save does not do: save the checkpoint again");
  return entry;
}

std::string_view EntryBytes(std::string_view bytes, const ZipEntry& entry, const std::string& origin) {
  VFFN_CHECK(entry.header_offset <= bytes.size(), origin, ": truncated or corrupt: zip entry ", entry.name,
             " is at byte ", entry.header_offset, ", the file has ", bytes.size());
  ByteReader reader(bytes, origin, entry.header_offset);
  CheckSignature(reader, zip::kLocalHeader, "local header");
  reader.Take(22, "local header");  // version to sizes: the central directory has them
  const auto name_size = reader.Read<uint16_t>("local header");
  const auto extra_size = reader.Read<uint16_t>("local header");
  const std::string_view name = reader.Take(name_size, "entry name");
  VFFN_CHECK(name == entry.name, origin, ": corrupt zip archive: entry ", entry.name, " calls itself ", name);
  reader.Take(extra_size, "extra field");
  return reader.Take(entry.size, "zip entry");
}

}  // namespace

std::map<std::string, std::string_view, std::less<>> ReadZip(std::string_view bytes,
                                                             const std::string& origin) {
  const Directory directory = ReadEnd(bytes, origin);
  VFFN_CHECK(directory.offset <= bytes.size() && directory.size <= bytes.size() - directory.offset &&
                 directory.entries <= directory.size / kCentralHeaderSize,
             origin, ": truncated or corrupt zip archive: ", directory.entries, " entries in ",
             directory.size, " bytes at byte ", directory.offset, " do not fit in ", bytes.size(), " bytes");
  ByteReader reader(bytes.substr(0, directory.offset + directory.size), origin, directory.offset);
  std::map<std::string, std::string_view, std::less<>> entries;
  for (uint64_t i = 0; i < directory.entries; ++i) {
    const ZipEntry entry = ReadCentralHeader(reader);
    VFFN_CHECK(entries.emplace(entry.name, EntryBytes(bytes, entry, origin)).second, origin, ": zip entry ",
               entry.name, " is there twice");
  }
  return entries;
}

}  // namespace vffn
