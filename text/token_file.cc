#include "text/token_file.h"

#include <limits>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"
#include "base/line_file.h"

namespace vffn {

void ReadJsonStrings(const std::filesystem::path& path,
                     const std::function<void(const std::string&)>& visit) {
  LineFile file(path);
  while (const auto line = file.Next()) {
    const Json text = ParseJson(*line, file.Origin());
    VFFN_CHECK(text.is_string(), file.Origin(), ": not a JSON string");
    visit(text.get_ref<const std::string&>());
  }
}

TokenSequences ReadTokenSequences(const std::filesystem::path& path) {
  constexpr int64_t kLargest = std::numeric_limits<TokenId>::max();
  const Json json = ReadJsonFile(path);
  const Fields fields(json, path.string());
  TokenSequences file;
  if (fields.Has("pad_token_id")) {
    file.padding = static_cast<TokenId>(fields.Integer("pad_token_id", 0, kLargest));
  }
  for (const Json* sequence : ToElements(fields.Require("sequences"), fields.PlaceOf("sequences"))) {
    const std::string name = "sequences[" + std::to_string(file.sequences.size()) + "]";
    std::vector<TokenId>& ids = file.sequences.emplace_back();
    for (const Json* id : ToElements(*sequence, fields.PlaceOf(name))) {
      const std::string element = name + "[" + std::to_string(ids.size()) + "]";
      ids.push_back(static_cast<TokenId>(ToInteger(*id, fields.PlaceOf(element), 0, kLargest)));
    }
  }
  VFFN_CHECK(!file.sequences.empty(), fields.Where("sequences"), " is empty");
  return file;
}

}  // namespace vffn
