#include "base/file_bytes.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/error.h"

namespace vffn {

std::string ReadFileBytes(const std::filesystem::path& path) {
  std::error_code ignored;
  VFFN_CHECK(!std::filesystem::is_directory(path, ignored), path.string(),
             ": it is a folder; a file is expected");
  std::ifstream file(path, std::ios::binary);
  VFFN_CHECK(file.is_open(), path.string(), ": cannot be opened for reading: ", std::strerror(errno));
  std::ostringstream bytes;
  bytes << file.rdbuf();
  VFFN_CHECK(!file.bad(), path.string(), ": read error");
  return std::move(bytes).str();
}

}  // namespace vffn
