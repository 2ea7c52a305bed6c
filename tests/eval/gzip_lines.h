// Reads golden .jsonl.gz files.
#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "base/json.h"

namespace vffn {

inline std::vector<Json> ReadGzipJsonLines(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) {
    throw std::runtime_error(path + ": cannot be opened");
  }
  std::string text;
  char buffer[1 << 16];
  for (int count = 0; (count = gzread(file, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<size_t>(count));
  }
  gzclose(file);
  std::vector<Json> rows;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    rows.push_back(ParseJson(std::string_view(text).substr(begin, end - begin), path));
    begin = end + 1;
  }
  return rows;
}

}  // namespace vffn
