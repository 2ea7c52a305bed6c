// Reads golden .jsonl.gz files.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/line_file.h"

namespace vffn {

inline std::vector<Json> ReadGzipJsonLines(const std::string& path) {
  std::vector<Json> rows;
  LineFile file(path);
  while (const auto line = file.Next()) {
    rows.push_back(ParseJson(*line, file.Origin()));
  }
  return rows;
}

}  // namespace vffn
