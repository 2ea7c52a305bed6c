#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "model/weights/gguf_checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const vffn::GgufFile file(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz");
    for (const auto& [key, value] : file.metadata()) {
      file.Text(key);
    }
    file.Strings("tokenizer.ggml.tokens");
    file.Int32s("tokenizer.ggml.token_type");
    file.Floats("tokenizer.ggml.scores");
    vffn::ReadGgufConfig(file);
  } catch (const vffn::Error&) {
  }
  return 0;
}
