#include <algorithm>

#include "base/error.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/olmo_config.h"

namespace vffn {

// Each row is defined in a file of this folder.
Architecture LlamaArchitecture();
Architecture OlmoArchitecture();
Architecture OlmoLlamaArchitecture();
Architecture OlmoVersatileArchitecture();

const std::vector<Architecture>& Architectures() {
  static const std::vector<Architecture> architectures = {
      LlamaArchitecture(),
      OlmoArchitecture(),
      OlmoLlamaArchitecture(),
      OlmoVersatileArchitecture(),
  };
  return architectures;
}

const OlmoForm& OlmoFormOf(const OlmoYaml& config) {
  const std::string type = BlockTypeOf(config);
  std::string supported;
  for (const Architecture& architecture : Architectures()) {
    if (architecture.olmo) {
      const std::vector<std::string>& types = architecture.olmo->block_types;
      if (std::ranges::find(types, type) != types.end()) {
        return *architecture.olmo;
      }
      supported.append(supported.empty() ? "" : ", ").append(types.front());
    }
  }
  Fail(config.origin, ": model.block_type ", type, " is not supported; supported: ", supported);
}

}  // namespace vffn
