#include "apps/version.h"

namespace vffn {

std::string ProgramVersion() { return VFFN_VERSION; }

std::optional<std::string> GitHash() {
  const std::string hash = VFFN_GIT_HASH;
  return hash.empty() ? std::nullopt : std::optional(hash);
}

}  // namespace vffn
