#include "apps/version.h"

#include "base/processor.h"
#include "model/kernels/kernels.h"

namespace vffn {

std::string ProgramVersion() { return VFFN_VERSION; }

std::optional<std::string> GitHash() {
  const std::string hash = VFFN_GIT_HASH;
  return hash.empty() ? std::nullopt : std::optional(hash);
}

std::string VersionText() {
  std::string text = "vffn " + ProgramVersion() + "\n";
  const auto add = [&](std::string name, const std::string& value) {
    name.resize(12, ' ');
    text.append(name).append(value).append("\n");
  };
  add("commit", GitHash().value_or("unknown"));
  add("LibTorch", VFFN_TORCH_VERSION + std::string(VFFN_TORCH_CUDA ? ", with CUDA" : ", CPU only"));
  add("kernels", kernels::BestKernels().name);
  add("processor", ProcessorName());
  add("compiler", VFFN_COMPILER);
  return text;
}

}  // namespace vffn
