#include "text/regex/character_kinds.h"

#include <algorithm>
#include <map>

namespace vffn {

CharacterKinds FindCharacterKinds(std::span<const CodePointSet> sets) {
  std::vector<uint32_t> starts = {0};
  for (const CodePointSet& set : sets) {
    for (const auto [first, last] : set.ranges()) {
      starts.push_back(first);
      starts.push_back(last + 1);
    }
  }
  std::sort(starts.begin(), starts.end());
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  if (starts.back() > CodePointSet::kLast) {
    starts.pop_back();
  }
  CharacterKinds kinds;
  kinds.kinds_of_set.resize(sets.size());
  std::map<std::vector<bool>, size_t> kind_of_membership;
  for (size_t i = 0; i < starts.size(); ++i) {
    std::vector<bool> membership(sets.size());
    for (size_t s = 0; s < sets.size(); ++s) {
      membership[s] = sets[s].Contains(starts[i]);
    }
    const auto [kind, is_new] = kind_of_membership.try_emplace(membership, kind_of_membership.size());
    for (size_t s = 0; is_new && s < sets.size(); ++s) {
      if (membership[s]) {
        kinds.kinds_of_set[s].push_back(kind->second);
      }
    }
    kinds.ranges.push_back({starts[i], i + 1 < starts.size() ? starts[i + 1] - 1 : CodePointSet::kLast});
    kinds.kind_of_range.push_back(kind->second);
  }
  kinds.count = kind_of_membership.size();
  return kinds;
}

}  // namespace vffn
