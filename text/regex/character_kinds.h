// Characters that a list of sets does not tell apart.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "text/code_point_set.h"

namespace vffn {

struct CharacterKinds {
  std::vector<CodePointRange> ranges;             ///< ascending, all code points
  std::vector<size_t> kind_of_range;              ///< kinds are numbered from 0
  std::vector<std::vector<size_t>> kinds_of_set;  ///< ascending
  size_t count = 0;
};

/// Two characters are of one kind if they are in the same ones of `sets`.
CharacterKinds FindCharacterKinds(std::span<const CodePointSet> sets);

}  // namespace vffn
