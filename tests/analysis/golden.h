// What SciPy and statsmodels computed (tests/golden/statistics).
#pragma once

#include <vector>

#include "base/json.h"

namespace vffn {

inline const Json& Golden(const char* name) {
  static const Json golden = ReadJsonFile(VFFN_TESTS_DIR "/golden/statistics/statistics.json");
  return golden.at(name);
}

template <class Number>
std::vector<Number> Numbers(const Json& array) {
  return array.get<std::vector<Number>>();
}

}  // namespace vffn
