#include "base/json.h"

#include <set>
#include <vector>

#include "base/error.h"
#include "base/file_bytes.h"
#include "base/foreign_json.h"
#include "base/json_syntax.h"
#include "base/valid_utf8.h"

namespace vffn {
namespace {

constexpr int kMaxDepth = 256;

/// What the message of a syntax error depends on.
struct SyntaxContext {
  JsonConstants constants = JsonConstants::kRefused;
  bool whole_file = false;  // the message names the line even if there is only one
};

/// Parses strictly. Throws Json::parse_error on a syntax error.
Json ParseStrictly(std::string_view text, const std::string& origin) {
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
  return Json::parse(text, observe);
}

Json Parse(std::string_view text, const std::string& origin, const SyntaxContext& context) {
  try {
    return ParseStrictly(text, origin);
  } catch (const Json::parse_error& error) {
    if (context.constants == JsonConstants::kAllowed) {
      const std::string replaced = WithNullConstants(text);
      const auto fault = FindJsonFault(text, context.constants);
      if (replaced != text && !fault) {
        return Parse(replaced, origin, {.whole_file = context.whole_file});
      }
      if (replaced != text) {  // the parser stopped at a constant
        Fail(origin, ": ", SyntaxProblem(text, fault->offset + 1, context.constants, context.whole_file));
      }
    }
    Fail(origin, ": ", SyntaxProblem(text, error.byte, context.constants, context.whole_file));
  } catch (const Json::out_of_range&) {
    Fail(origin, ": a JSON number is too large for a double (above 1.8e308)");
  }
}

}  // namespace

Json ParseJson(std::string_view text, const std::string& origin) { return Parse(text, origin, {}); }

Json ReadJsonFile(const std::filesystem::path& path) {
  return Parse(ReadFileBytes(path), path.string(), {.whole_file = true});
}

Json ParseForeignJson(std::string_view text, const std::string& origin) {
  return Parse(text, origin, {.constants = JsonConstants::kAllowed});
}

Json ReadForeignJsonFile(const std::filesystem::path& path) {
  return Parse(ReadFileBytes(path), path.string(),
               {.constants = JsonConstants::kAllowed, .whole_file = true});
}

std::string DumpJson(const OrderedJson& json, int indent) {
  return json.dump(indent, ' ', false, OrderedJson::error_handler_t::replace);
}

std::string ValidUtf8(const std::string& text) {
  return Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}

}  // namespace vffn
