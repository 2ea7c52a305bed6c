// Writing token files and their border tables.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tokens/token_file.h"

namespace vffn {

struct TokenFileInfo {
  std::string name;  ///< "part-0-00000.npy"
  int64_t documents = 0, tokens = 0;
  std::string sha256;
};

/// Writes documents one after the other into part-0-00000.npy, part-0-00001.npy ... in a folder, as dolma
/// does: a document is never split, and a file has fewer than `max_size` tokens; the document that would
/// reach that number begins the next file. Without documents there is no file. Each file appears under its
/// name when it is finished. All functions throw Error: a file that cannot be written, a document of max_size
/// tokens or more.
class TokenFileWriter {
 public:
  TokenFileWriter(std::filesystem::path folder, TokenType type, int64_t max_size);
  ~TokenFileWriter();

  /// `tokens`: the ids as the type's bytes.
  void Append(std::string_view tokens, std::string_view id, std::string_view source, int64_t location);

  /// The next document begins a new file, if the current one has documents.
  void EndFile();

  /// The files written, in order.
  std::vector<TokenFileInfo> Finish();

 private:
  struct Part;

  std::filesystem::path folder_;
  TokenType type_;
  int64_t max_size_;
  std::unique_ptr<Part> part_;
  std::vector<TokenFileInfo> finished_;
};

}  // namespace vffn
