// The records of golden/in_loop as files.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/eval/gzip_lines.h"

namespace vffn {

/// Writes DATA_SET/CONFIGURATION/SPLIT.jsonl below `folder`, as downloads from the hub lie.
inline void WriteInLoopRecords(const std::filesystem::path& folder) {
  const std::string file = std::string(VFFN_TESTS_DIR) + "/golden/in_loop/records.jsonl.gz";
  for (const Json& data_set : ReadGzipJsonLines(file)) {
    const std::filesystem::path path = data_set.at("path").get<std::string>();
    const std::filesystem::path config = path.filename() == "none" ? "default" : path.filename();
    const std::filesystem::path target = folder / path.parent_path().filename() / config;
    std::filesystem::create_directories(target);
    std::ofstream lines(target / (data_set.at("split").get<std::string>() + ".jsonl"), std::ios::binary);
    for (const Json& record : data_set.at("records")) {
      lines << record.dump() << '\n';
    }
  }
}

}  // namespace vffn
