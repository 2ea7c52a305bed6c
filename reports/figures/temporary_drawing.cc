#include "reports/figures/temporary_drawing.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/error.h"

namespace vffn {

TemporaryDrawing::TemporaryDrawing() {
  std::string name = (std::filesystem::temp_directory_path() / "vffn-figures-XXXXXX").string();
  VFFN_CHECK(mkdtemp(name.data()) != nullptr, name, ": cannot be made: ", std::strerror(errno));
  folder_ = name;
}

TemporaryDrawing::~TemporaryDrawing() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace vffn
