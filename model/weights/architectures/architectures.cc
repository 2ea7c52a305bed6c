#include <algorithm>

#include "base/error.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/olmo_config.h"

namespace vffn {

// Each row is defined in a file of this folder.
Architecture LlamaArchitecture();
Architecture MistralArchitecture();
Architecture MixtralArchitecture();
Architecture Qwen2Architecture();
Architecture Qwen3Architecture();
Architecture Qwen2MoeArchitecture();
Architecture Qwen3MoeArchitecture();
Architecture Olmo1Architecture();
Architecture Olmo2Architecture();
Architecture Olmo3Architecture();
Architecture OlmoeArchitecture();
Architecture GptNeoxArchitecture();
Architecture Gpt2Architecture();
Architecture GptjArchitecture();
Architecture Smollm3Architecture();
Architecture GraniteArchitecture();
Architecture GraniteMoeArchitecture();
Architecture GemmaArchitecture();
Architecture Gemma2Architecture();
Architecture Gemma3Architecture();
Architecture Gemma3ImageArchitecture();
Architecture PhiArchitecture();
Architecture Phi3Architecture();
Architecture StablelmArchitecture();
Architecture Starcoder2Architecture();
Architecture CohereArchitecture();
Architecture Cohere2Architecture();
Architecture GptBigCodeArchitecture();
Architecture GptNeoArchitecture();
Architecture OptArchitecture();
Architecture FalconArchitecture();
Architecture SeedOssArchitecture();
Architecture OlmoArchitecture();
Architecture OlmoLlamaArchitecture();
Architecture OlmoVersatileArchitecture();

const std::vector<Architecture>& Architectures() {
  static const std::vector<Architecture> architectures = {
      LlamaArchitecture(),      MistralArchitecture(),       MixtralArchitecture(),
      Qwen2Architecture(),      Qwen3Architecture(),         Qwen2MoeArchitecture(),
      Qwen3MoeArchitecture(),   Olmo1Architecture(),         Olmo2Architecture(),
      Olmo3Architecture(),      OlmoeArchitecture(),         GptNeoxArchitecture(),
      Gpt2Architecture(),       GptjArchitecture(),          Smollm3Architecture(),
      GraniteArchitecture(),    GraniteMoeArchitecture(),    GemmaArchitecture(),
      Gemma2Architecture(),     Gemma3Architecture(),        Gemma3ImageArchitecture(),
      PhiArchitecture(),        Phi3Architecture(),          StablelmArchitecture(),
      Starcoder2Architecture(), CohereArchitecture(),        Cohere2Architecture(),
      GptBigCodeArchitecture(), GptNeoArchitecture(),        OptArchitecture(),
      FalconArchitecture(),     SeedOssArchitecture(),       OlmoArchitecture(),
      OlmoLlamaArchitecture(),  OlmoVersatileArchitecture(),
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
