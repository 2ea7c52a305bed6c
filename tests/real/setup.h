// What `make setup` fetches: the real model and the real data.
#pragma once

#include <filesystem>
#include <memory>

#include "text/tokenizer.h"

namespace vffn {

inline std::filesystem::path SetupData() { return std::filesystem::path(VFFN_SETUP_DIR) / "data"; }

inline std::filesystem::path SetupModel() {
  return std::filesystem::path(VFFN_SETUP_DIR) / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf";
}

inline bool SetupIsThere() {
  return std::filesystem::exists(SetupData()) && std::filesystem::exists(SetupModel());
}

/// "smollm2" (the model's own, from the GGUF) or "dolma_v1_5" (the paper's).
std::unique_ptr<const Tokenizer> OpenSetupTokenizer(const std::string& name);

}  // namespace vffn

#define VFFN_SKIP_WITHOUT_SETUP()                                                               \
  if (!vffn::SetupIsThere()) {                                                                  \
    GTEST_SKIP() << "the model or the data is missing in " << VFFN_SETUP_DIR << ": make setup"; \
  }
