#include "model/weights/architectures/architecture.h"

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

}  // namespace vffn
