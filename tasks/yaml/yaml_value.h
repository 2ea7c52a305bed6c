// YAML files as typed values with their lines, with the scalar types that PyYAML gives them (YAML 1.1).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_fwd.h"

namespace vffn {

struct YamlValue {
  enum class Kind {
    kNull,
    kBool,
    kInt,
    kFloat,
    kText,
    kOther,   ///< a date, or a number in another notation than decimals: `text` is how it is written
    kTagged,  ///< a value with a tag such as !function: `tag` and `text`
    kList,
    kMap,
  };
  Kind kind = Kind::kNull;
  std::string file;  ///< where it stands
  int line = 1;      ///< from 1
  std::string tag;
  std::string text;  ///< of a scalar, as written
  bool boolean = false;
  int64_t integer = 0;
  double real = 0;
  std::vector<YamlValue> list;
  std::vector<std::pair<std::string, YamlValue>> map;  ///< in the order of the file

  bool is(Kind other) const { return kind == other; }

  /// Null if there is no such key, or this is no mapping.
  const YamlValue* Find(std::string_view key) const;

  /// "FILE: line 3".
  std::string Place() const;
};

/// "a text", "a list"; for error messages.
std::string YamlTypeName(const YamlValue& value);

/// The value as JSON. Throws Error, naming the place, on kOther and kTagged.
Json JsonOf(const YamlValue& value);

/// Parses one document whose top is a mapping. Throws Error, beginning with the file and where it is known
/// the line, on malformed YAML or UTF-8, keys that are not texts or are there twice, merge keys (<<), and
/// nesting deeper than 64.
YamlValue ParseYaml(std::string_view text, const std::string& file);

/// Reads a file. Throws Error as ParseYaml, and if the file cannot be read or has more than 4 MiB.
YamlValue ReadYamlFile(const std::filesystem::path& path);

}  // namespace vffn
