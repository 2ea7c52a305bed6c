#include <algorithm>
#include <unordered_map>

#include "base/json.h"
#include "text/tokenizer_json/parts.h"

namespace vffn {

void AddAddedTokens(const Json& list, const Fields& root, size_t vocabulary_size, PipelineParts& parts) {
  std::unordered_map<std::string, TokenId> ids;
  std::unordered_map<TokenId, size_t> places;  // in parts.added
  auto next = static_cast<TokenId>(vocabulary_size);
  size_t index = 0;
  for (const Json* element : ToElements(list, root.PlaceOf("added_tokens"))) {
    const Fields fields(*element, root.origin(), "added_tokens[" + std::to_string(index++) + "]");
    AddedToken token;
    token.content = fields.Get<std::string>("content");
    token.single_word = fields.Get("single_word", false);
    token.lstrip = fields.Get("lstrip", false);
    token.rstrip = fields.Get("rstrip", false);
    token.normalized = fields.Get("normalized", true);
    token.special = fields.Get("special", false);
    if (token.content.empty()) {
      continue;
    }
    if (const auto known = ids.find(token.content); known != ids.end()) {
      token.id = known->second;
    } else if (const TokenId id = parts.vocabulary->Find(token.content); id != Vocabulary::kNone) {
      token.id = id;
    } else {
      token.id = next++;
    }
    ids[token.content] = token.id;
    const auto [place, is_new] = places.try_emplace(token.id, parts.added.size());
    if (is_new) {
      parts.added.emplace_back();
    }
    parts.added[place->second] = std::move(token);
  }
  std::stable_partition(parts.added.begin(), parts.added.end(),
                        [](const AddedToken& token) { return token.special; });
}

}  // namespace vffn
