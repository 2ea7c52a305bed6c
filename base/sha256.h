// SHA-256, the identity of models, tokenizers and data in results and ledgers.
#pragma once

#include <string>
#include <string_view>

namespace vffn {

/// Hashes bytes given in any number of pieces. Not copyable; one thread at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  /// Throws Error after Hex().
  void Update(std::string_view bytes);

  /// 64 lower-case hex digits. Finishes: throws Error if called twice.
  std::string Hex();

 private:
  void* context_;  // EVP_MD_CTX; null once finished
};

}  // namespace vffn
