#include "base/file_bytes.h"

#include <fstream>
#include <sstream>

#include "base/error.h"

namespace vffn {

std::string ReadFileBytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  VFFN_CHECK(file.is_open(), path.string(), ": cannot be opened for reading");
  std::ostringstream bytes;
  bytes << file.rdbuf();
  VFFN_CHECK(!file.bad(), path.string(), ": read error");
  return std::move(bytes).str();
}

}  // namespace vffn
