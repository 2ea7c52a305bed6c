// Token files of OLMo and dolma: token ids one after the other, uint16 or uint32, little-endian, without a
// header (whatever the ending .npy promises), and the borders of the documents in a table beside them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "text/tokenizer.h"
#include "tokens/border_table.h"

namespace vffn {

enum class TokenType { kUint16, kUint32 };

std::string_view NameOf(TokenType type);          ///< "uint16", "uint32": what numpy and OLMo call it
TokenType ParseTokenType(std::string_view name);  ///< throws Error, listing the names
int64_t BytesOf(TokenType type);

/// The smallest type that holds the ids of a vocabulary.
TokenType TokenTypeFor(int64_t vocab_size);

/// The type that the manifest tokens.json says, in the file's folder or the one above; nothing if there is no
/// manifest. Throws Error if there is one that cannot be read.
std::optional<TokenType> TokenTypeFromManifest(const std::filesystem::path& token_file);

/// A token file as memory; pages are read from the disk as they are touched. Thread safe.
class TokenFile {
 public:
  /// Throws Error if the file cannot be mapped, begins like a numpy array with a header, or its size is no
  /// multiple of the type's.
  TokenFile(const std::filesystem::path& path, TokenType type);

  int64_t size() const { return size_; }  ///< tokens
  TokenType type() const { return type_; }
  const std::filesystem::path& path() const { return file_.path(); }

  /// Copies the tokens from `begin` on. Throws Error if there are fewer than out.size().
  void Read(int64_t begin, std::span<TokenId> out) const;

  /// Throws Error, with the position, if an id is not below `vocab_size`. Reads the whole file.
  void CheckIds(int64_t vocab_size) const;

 private:
  MappedFile file_;
  TokenType type_;
  int64_t size_;
};

/// The documents of a token file, from the table beside it. Throws Error if there is none or it is damaged,
/// or unless the documents follow each other without a gap from the first token to the last.
std::vector<DocumentBorders> ReadBorders(const TokenFile& file);

}  // namespace vffn
