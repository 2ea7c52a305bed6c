#include "tasks/file_hash.h"

#include <fstream>
#include <vector>

#include "base/error.h"

namespace vffn {

void HashFile(const std::filesystem::path& path, Sha256& hash) {
  std::ifstream file(path, std::ios::binary);
  VFFN_CHECK(file.is_open(), path.string(), ": cannot be opened for reading");
  std::vector<char> chunk(size_t{1} << 20);
  while (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())), file.gcount() > 0) {
    hash.Update({chunk.data(), static_cast<size_t>(file.gcount())});
  }
  VFFN_CHECK(!file.bad(), path.string(), ": read error");
}

}  // namespace vffn
