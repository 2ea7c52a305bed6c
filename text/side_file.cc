#include "text/side_file.h"

#include "base/error.h"
#include "base/foreign_json.h"
#include "base/json.h"

namespace vffn {

Json ReadSideFile(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) {
    return Json::object();
  }
  Json json = ReadForeignJsonFile(path);
  VFFN_CHECK(json.is_object(), path.string(), ": is not a JSON object");
  return json;
}

}  // namespace vffn
