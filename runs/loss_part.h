// LOSSES.part.json: which documents a part of a file of losses is to have.
//
//   {"vffn_part": 1, "rank": 3, "count": 16, "plan_sha256": "...", "documents": 12, "all_documents": 190}
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/launch_place.h"

namespace vffn {

struct LossPart {
  Shard shard;
  std::string plan_sha256;    ///< of the documents' sizes and ranks: all parts of a run have the same
  int64_t documents = 0;      ///< of this part
  int64_t all_documents = 0;  ///< of all parts

  bool operator==(const LossPart&) const = default;
};

/// Throws Error naming the file and the field.
LossPart ReadLossPart(const std::filesystem::path& path);
void WriteLossPart(const std::filesystem::path& path, const LossPart& part);

}  // namespace vffn
