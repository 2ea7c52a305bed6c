#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "model/weights/safetensors_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    vffn::ReadSafetensors(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz");
  } catch (const vffn::Error&) {
  }
  return 0;
}
