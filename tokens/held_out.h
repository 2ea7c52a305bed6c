// Which documents are held out of training.
#pragma once

#include <string>
#include <string_view>

namespace vffn {

struct HeldOutOptions {
  double share = 0;               ///< of the documents, from 0 to below 1; 0: none
  std::string salt = "held-out";  ///< another salt holds out other documents
  bool by_id = false;             ///< decide by the identifier; otherwise by the text
};

/// True if the document is held out: the first 8 bytes of SHA-256(salt, a zero byte, `content`), as a
/// big-endian number, are below share * 2^64. `content` is the document's text, as it is tokenized, or its
/// identifier. Nothing else decides: documents stay on their side when the corpus is reordered, split into
/// other files or added to, and equal documents are on the same side.
bool IsHeldOut(const HeldOutOptions& options, std::string_view content);

}  // namespace vffn
