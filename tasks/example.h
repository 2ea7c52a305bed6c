// A doc as rendered by a task: contexts and continuations as text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vffn {

/// `continuation` is scored given `context`. The blank between them belongs to it.
struct Choice {
  std::string context;
  std::string continuation;

  bool operator==(const Choice&) const = default;
};

/// One rendered doc.
struct Example {
  int64_t doc_id = 0;  ///< index in the data set
  std::vector<Choice> choices;
  int gold = 0;  ///< index of the right choice
};

}  // namespace vffn
