#include "text/vocabulary.h"

#include <bit>
#include <functional>

namespace vffn {
namespace {

uint32_t HashOf(std::string_view token) {
  return static_cast<uint32_t>(std::hash<std::string_view>{}(token));
}

}  // namespace

Vocabulary::Vocabulary(std::vector<std::string> tokens, std::vector<TokenAlias> aliases)
    : tokens_(std::move(tokens)),
      aliases_(std::move(aliases)),
      slots_(std::bit_ceil(2 * tokens_.size() + 2)) {
  for (const TokenAlias& alias : aliases_) {
    ids_of_aliases_[alias.token] = alias.id;
  }
  for (size_t i = 0; i < tokens_.size(); ++i) {
    if (!tokens_[i].empty()) {
      const uint32_t hash = HashOf(tokens_[i]);
      Slot& slot = slots_[SlotOf(tokens_[i], hash)];
      distinct_ += slot.id == kNone;
      slot = {hash, static_cast<TokenId>(i)};
    }
  }
}

size_t Vocabulary::SlotOf(std::string_view token, uint32_t hash) const {
  for (size_t i = hash & (slots_.size() - 1);; i = (i + 1) & (slots_.size() - 1)) {
    if (slots_[i].id == kNone || (slots_[i].hash == hash && (*this)[slots_[i].id] == token)) {
      return i;
    }
  }
}

TokenId Vocabulary::Find(std::string_view token) const {
  const TokenId id = slots_[SlotOf(token, HashOf(token))].id;
  if (id == kNone && !ids_of_aliases_.empty()) {
    const auto alias = ids_of_aliases_.find(std::string(token));
    return alias == ids_of_aliases_.end() ? kNone : alias->second;
  }
  return id;
}

}  // namespace vffn
