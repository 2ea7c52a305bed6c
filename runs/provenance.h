// The provenance of a checkpoint folder's weights, kept with the checkpoint because it must be reported with
// every number of the model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace vffn {

inline constexpr const char* kProvenanceFile = "provenance.json";

/// Weights that were copied from a dense model and not trained since.
struct Upcycling {
  std::string from;  ///< the dense checkpoint
  std::string ffn;   ///< "versatile"
  uint64_t seed = 0;
};

/// Writes {"upcycled": {"from", "ffn", "seed"}, "untrained": true}.
void WriteProvenance(const std::filesystem::path& path, const Upcycling& upcycling);

/// Whether a checkpoint's provenance says that the model is untrained (for example, freshly upcycled by
/// `vffn convert --upcycle`). False without a provenance file. Throws Error naming the file if "untrained" is
/// not true or false.
bool IsUntrained(const std::filesystem::path& model);

}  // namespace vffn
