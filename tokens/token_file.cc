#include "tokens/token_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"

namespace vffn {
namespace {

static_assert(std::endian::native == std::endian::little, "token files are little-endian");

constexpr std::array<std::pair<TokenType, std::string_view>, 2> kNames = {
    {{TokenType::kUint16, "uint16"}, {TokenType::kUint32, "uint32"}}};

}  // namespace

std::string_view NameOf(TokenType type) {
  return std::find_if(kNames.begin(), kNames.end(), [&](const auto& row) { return row.first == type; })
      ->second;
}

TokenType ParseTokenType(std::string_view name) {
  for (const auto& [type, known] : kNames) {
    if (name == known) {
      return type;
    }
  }
  Fail("\"", name, "\" is no type of tokens; it is uint16 or uint32");
}

int64_t BytesOf(TokenType type) { return type == TokenType::kUint16 ? 2 : 4; }

TokenType TokenTypeFor(int64_t vocab_size) {
  return vocab_size <= int64_t{1} << 16 ? TokenType::kUint16 : TokenType::kUint32;
}

std::optional<TokenType> TokenTypeFromManifest(const std::filesystem::path& token_file) {
  const std::filesystem::path folder = std::filesystem::absolute(token_file).parent_path();
  for (const auto& place : {folder, folder.parent_path()}) {
    const std::filesystem::path manifest = place / "tokens.json";
    if (std::filesystem::exists(manifest)) {
      const Json json = ReadJsonFile(manifest);
      return ParseTokenType(Fields(json, manifest.string()).Object("run").Get<std::string>("token_type"));
    }
  }
  return std::nullopt;
}

TokenFile::TokenFile(const std::filesystem::path& path, TokenType type)
    : file_(path), type_(type), size_(static_cast<int64_t>(file_.bytes().size()) / BytesOf(type)) {
  VFFN_CHECK(!file_.bytes().starts_with("\x93NUMPY"), path.string(),
             ": a numpy array with a header; token files are raw. In Python, "
             "numpy.load(FILE).tofile(OTHER) writes a raw one");
  VFFN_CHECK(size_ * BytesOf(type) == static_cast<int64_t>(file_.bytes().size()), path.string(), ": has ",
             file_.bytes().size(), " bytes, no multiple of ", BytesOf(type), " (", NameOf(type),
             "): truncated, or of another type");
}

void TokenFile::Read(int64_t begin, std::span<TokenId> out) const {
  VFFN_CHECK(begin >= 0 && static_cast<int64_t>(out.size()) <= size_ - begin, path().string(), ": has ",
             size_, " tokens; ", out.size(), " from ", begin, " on were asked for");
  const char* bytes = file_.bytes().data() + begin * BytesOf(type_);
  if (type_ == TokenType::kUint16) {
    for (size_t i = 0; i < out.size(); ++i) {
      uint16_t id = 0;
      std::memcpy(&id, bytes + i * sizeof(id), sizeof(id));
      out[i] = id;
    }
  } else if (!out.empty()) {
    std::memcpy(out.data(), bytes, out.size_bytes());
  }
}

void TokenFile::CheckIds(int64_t vocab_size) const {
  std::vector<TokenId> ids(size_t{1} << 16);
  for (int64_t begin = 0; begin < size_; begin += static_cast<int64_t>(ids.size())) {
    ids.resize(static_cast<size_t>(std::min<int64_t>(static_cast<int64_t>(ids.size()), size_ - begin)));
    Read(begin, ids);
    const auto bad = std::find_if(ids.begin(), ids.end(), [&](TokenId id) {
      return static_cast<uint32_t>(id) >= static_cast<uint64_t>(vocab_size);
    });
    VFFN_CHECK(bad == ids.end(), path().string(), ": token ", begin + (bad - ids.begin()), " is ",
               static_cast<uint32_t>(*bad), "; the vocabulary has ", vocab_size,
               " ids: made with another tokenizer, or not ", NameOf(type_));
  }
}

std::vector<DocumentBorders> ReadBorders(const TokenFile& file) {
  const std::filesystem::path table = BorderTableOf(file.path());
  VFFN_CHECK(std::filesystem::exists(table), table.string(),
             ": no such file; the borders of the documents in ", file.path().string(), " should be in it");
  BorderTableReader reader(table);
  std::vector<DocumentBorders> rows;
  int64_t end = 0;
  for (DocumentBorders row; reader.Next(row);) {
    VFFN_CHECK(row.start == end && row.end >= row.start && row.end <= file.size(), table.string(), ": row ",
               rows.size() + 1, ": tokens ", row.start, " to ", row.end, ", but the document before ends at ",
               end, " and the token file has ", file.size(), " tokens of ", NameOf(file.type()));
    end = row.end;
    rows.push_back(row);
  }
  VFFN_CHECK(end == file.size(), table.string(), ": the last document ends at token ", end,
             ", but the token file has ", file.size(), " tokens of ", NameOf(file.type()),
             ": one of the two is truncated, or the type is another");
  return rows;
}

}  // namespace vffn
