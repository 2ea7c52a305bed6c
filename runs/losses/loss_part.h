// LOSSES.part.json: which documents a part of a file of losses is to have.
//
//   {"vffn_part": 1, "rank": 3, "count": 16, "plan_sha256": "...", "documents": 12, "all_documents": 190,
//    "token_losses": false, "trace": ""}
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
  bool token_losses = false;  ///< the losses of tokens are written, too
  std::string trace;          ///< folder of the joined trace; empty: none

  /// Whether a part may go on where the other one ended.
  bool HasSameDocuments(const LossPart& other) const {
    return shard == other.shard && plan_sha256 == other.plan_sha256 && documents == other.documents &&
           all_documents == other.all_documents;
  }
};

/// Throws Error naming the file and the field.
LossPart ReadLossPart(const std::filesystem::path& path);
void WriteLossPart(const std::filesystem::path& path, const LossPart& part);

}  // namespace vffn
