// Where a checkpoint folder's weights come from, as far as it must be said with every number of theirs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace vffn {

inline constexpr const char* kProvenanceFile = "provenance.json";

/// Of weights made from a dense model's and not trained since.
struct Upcycling {
  std::string from;  ///< the dense checkpoint
  std::string ffn;   ///< "versatile"
  uint64_t seed = 0;
};

/// Writes {"upcycled": {"from", "ffn", "seed"}, "untrained": true}.
void WriteProvenance(const std::filesystem::path& path, const Upcycling& upcycling);

/// Whether a checkpoint says of itself that its weights never were trained as they stand: what
/// `vffn convert --upcycle` writes. Throws Error, naming the file, if it says so in another way than true or
/// false.
bool IsUntrained(const std::filesystem::path& model);

}  // namespace vffn
