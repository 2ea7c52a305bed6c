// Prompts in short, to compare them with golden files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/sha256.h"
#include "tasks/example.h"

namespace vffn {

/// As `summary` of golden/tasks/make_goldens.py.
inline Json SummaryOf(const std::vector<Example>& examples) {
  const auto uint32 = [](size_t number) {
    std::string bytes;
    for (int shift = 0; shift < 32; shift += 8) {
      bytes.push_back(static_cast<char>(number >> shift & 0xff));
    }
    return bytes;
  };
  Sha256 hash;
  size_t requests = 0;
  for (const Example& example : examples) {
    for (const Choice& choice : example.choices) {
      for (const std::string& text : {choice.context, choice.continuation}) {
        hash.Update(uint32(text.size()) + text);
      }
    }
    hash.Update(uint32(static_cast<size_t>(example.gold)));
    requests += example.choices.size();
  }
  return {{"docs", examples.size()}, {"requests", requests}, {"sha256", hash.Hex()}};
}

}  // namespace vffn
