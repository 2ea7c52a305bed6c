#include "base/json.h"

#include <set>
#include <vector>

#include "base/error.h"
#include "base/file_bytes.h"

namespace vffn {
namespace {

constexpr int kMaxDepth = 256;

}  // namespace

Json ParseJson(std::string_view text, const std::string& origin) {
  std::vector<std::set<std::string>> keys;  // of every object that is open
  const auto observe = [&](int depth, Json::parse_event_t event, Json& parsed) {
    switch (event) {
      case Json::parse_event_t::object_start:
      case Json::parse_event_t::array_start:
        VFFN_CHECK(depth < kMaxDepth, origin, ": JSON nested deeper than ", kMaxDepth, " levels");
        if (event == Json::parse_event_t::object_start) {
          keys.emplace_back();
        }
        break;
      case Json::parse_event_t::object_end:
        keys.pop_back();
        break;
      case Json::parse_event_t::key:
        VFFN_CHECK(keys.back().insert(parsed.get<std::string>()).second, origin, ": duplicate JSON key ",
                   parsed.dump());
        break;
      default:
        break;
    }
    return true;
  };
  try {
    return Json::parse(text, observe);
  } catch (const Json::parse_error& error) {
    Fail(origin, ": not valid JSON at byte ", error.byte, ": ", error.what());
  } catch (const Json::out_of_range& error) {
    Fail(origin, ": JSON number out of range: ", error.what());
  }
}

Json ReadJsonFile(const std::filesystem::path& path) { return ParseJson(ReadFileBytes(path), path.string()); }

}  // namespace vffn
