// Names of enumerators, for JSON, options and messages.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/near_names.h"

namespace vffn {

/// Every enumerator with its name.
template <class Enum, size_t n>
using EnumNames = std::array<std::pair<Enum, std::string_view>, n>;

template <class Enum, size_t n>
std::string_view NameIn(const EnumNames<Enum, n>& names, Enum value) {
  for (const auto& [candidate, name] : names) {
    if (candidate == value) {
      return name;
    }
  }
  Fail("an enumeration holds ", static_cast<int>(value));
}

/// Sets `value` to the enumerator of that name. Throws Error, beginning with `origin`, that lists the names.
template <class Enum, size_t n>
void ParseIn(const EnumNames<Enum, n>& names, std::string_view text, const std::string& origin, Enum& value) {
  std::vector<std::string> known;
  for (const auto& [candidate, name] : names) {
    if (name == text) {
      value = candidate;
      return;
    }
    known.emplace_back(name);
  }
  Fail(origin, ": is '", text, "'", DidYouMeanOneOf(text, known));
}

}  // namespace vffn
