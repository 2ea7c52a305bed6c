#include "base/processor.h"

#include <fstream>

namespace vffn {

std::string ProcessorName() {
  const std::string name = KernelFileValue("/proc/cpuinfo", "model name");
  return name.empty() ? "unknown" : name;
}

std::string KernelFileValue(const std::filesystem::path& path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(':');
    if (line.starts_with(key) && colon != std::string::npos) {
      const size_t start = line.find_first_not_of(" \t", colon + 1);
      return start == std::string::npos ? "" : line.substr(start);
    }
  }
  return "";
}

}  // namespace vffn
