#include "tasks/yaml/yaml_value.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <limits>
#include <regex>
#include <set>

#include "base/error.h"
#include "base/file_bytes.h"
#include "base/json.h"
#include "base/yaml_problem.h"
#include "text/utf8.h"

namespace vffn {
namespace {

using Yaml = YamlValue::Kind;

constexpr int kDeepestYaml = 64;
constexpr size_t kLargestYaml = size_t{4} << 20;
constexpr int64_t kMostNodes = 200'000;  // aliases can multiply

bool Fits(const std::string& text, const char* pattern) {
  return std::regex_match(text, std::regex(pattern));
}

bool IsOneOf(const std::string& text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view lower) {
    std::string title(lower), upper(lower);
    title[0] = static_cast<char>(title[0] - 'a' + 'A');
    for (char& c : upper) {
      c = static_cast<char>(c - 'a' + 'A');
    }
    return text == lower || text == title || text == upper;
  });
}

/// A decimal number of YAML 1.1, its underscores removed.
void SetNumber(YamlValue& value) {
  std::string digits;
  for (const char c : value.text) {
    digits.append(c == '_' || (c == '+' && digits.empty()) ? 0 : 1, c);
  }
  const char* end = digits.data() + digits.size();
  const auto read = value.is(Yaml::kInt) ? std::from_chars(digits.data(), end, value.integer)
                                         : std::from_chars(digits.data(), end, value.real);
  if (read.ec != std::errc() || read.ptr != end) {
    value.kind = Yaml::kOther;
  }
}

/// The type of a scalar without quotes, as PyYAML's resolver gives it.
void Resolve(YamlValue& value) {
  const std::string& text = value.text;
  value.kind = Yaml::kText;
  if (text.empty() || text == "~" || IsOneOf(text, {"null"})) {
    value.kind = Yaml::kNull;
  } else if (IsOneOf(text, {"yes", "true", "on", "no", "false", "off"})) {
    value.kind = Yaml::kBool;
    value.boolean = IsOneOf(text, {"yes", "true", "on"});
  } else if (text.size() < 40 && std::string_view("+-.0123456789").find(text[0]) != std::string_view::npos) {
    if (Fits(text, "[-+]?(0|[1-9][0-9_]*)")) {
      value.kind = Yaml::kInt;
      SetNumber(value);
    } else if (Fits(text, R"([-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9][0-9_]*([eE][-+][0-9]+)?)")) {
      value.kind = Yaml::kFloat;
      SetNumber(value);
    } else if (Fits(text,
                    "[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+|"
                    R"([-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|)"
                    R"([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9].*)")) {
      value.kind = Yaml::kOther;
    }
  }
}

class Converter {
 public:
  explicit Converter(std::string file) : file_(std::move(file)) {}

  YamlValue Convert(const YAML::Node& node, int depth = 0) {
    YamlValue value{.file = file_, .line = node.Mark().line + 1};
    VFFN_CHECK(depth < kDeepestYaml && ++nodes_ < kMostNodes, value.Place(),
               ": the file is nested too deeply");
    const std::string& tag = node.Tag();
    const bool plain = tag.empty() || tag == "?";
    if (!plain && tag != "!" && !tag.starts_with("tag:yaml.org,2002:str")) {
      value.kind = Yaml::kTagged;
      value.tag = tag;
      value.text = node.IsScalar() ? node.Scalar() : "";
    } else if (node.IsMap()) {
      value.kind = Yaml::kMap;
      Entries(node, depth, value);
    } else if (node.IsSequence()) {
      value.kind = Yaml::kList;
      for (const YAML::Node& element : node) {
        value.list.push_back(Convert(element, depth + 1));
      }
    } else if (node.IsScalar()) {
      value.kind = Yaml::kText;
      value.text = node.Scalar();
      if (plain) {
        Resolve(value);
      }
    }
    return value;
  }

 private:
  void Entries(const YAML::Node& node, int depth, YamlValue& value) {
    std::set<std::string> keys;
    for (const auto& entry : node) {
      const std::string place = file_ + ": line " + std::to_string(entry.first.Mark().line + 1);
      VFFN_CHECK(entry.first.IsScalar(), place, ": a key should be a text");
      const std::string& key = entry.first.Scalar();
      VFFN_CHECK(key != "<<", place,
                 ": the merge key << is not supported; write the keys out, or use include:");
      VFFN_CHECK(keys.insert(key).second, place, ": the key ", key, " is there twice; leave one");
      value.map.emplace_back(key, Convert(entry.second, depth + 1));
    }
  }

  const std::string file_;
  int64_t nodes_ = 0;
};

}  // namespace

const YamlValue* YamlValue::Find(std::string_view key) const {
  for (const auto& [name, value] : map) {
    if (name == key) {
      return &value;
    }
  }
  return nullptr;
}

std::string YamlValue::Place() const { return file + ": line " + std::to_string(line); }

std::string YamlTypeName(const YamlValue& value) {
  switch (value.kind) {
    case Yaml::kNull:
      return "null";
    case Yaml::kBool:
      return "a boolean (" + value.text + ")";
    case Yaml::kInt:
    case Yaml::kFloat:
      return "a number (" + value.text + ")";
    case Yaml::kText:
      return "a text";
    case Yaml::kOther:
      return "a date or a number that is not decimal (" + value.text + ")";
    case Yaml::kTagged:
      return value.tag + " " + value.text;
    case Yaml::kList:
      return "a list";
    case Yaml::kMap:
      return "a mapping";
  }
  Fail("no such kind");
}

Json JsonOf(const YamlValue& value) {
  switch (value.kind) {
    case Yaml::kNull:
      return nullptr;
    case Yaml::kBool:
      return value.boolean;
    case Yaml::kInt:
      return value.integer;
    case Yaml::kFloat:
      return value.real;
    case Yaml::kText:
      return value.text;
    case Yaml::kList: {
      Json list = Json::array();
      for (const YamlValue& element : value.list) {
        list.push_back(JsonOf(element));
      }
      return list;
    }
    case Yaml::kMap: {
      Json object = Json::object();
      for (const auto& [key, element] : value.map) {
        object[key] = JsonOf(element);
      }
      return object;
    }
    default:
      Fail(value.Place(), ": ", YamlTypeName(value), " is not supported here");
  }
}

YamlValue ParseYaml(std::string_view text, const std::string& file) {
  if (const size_t bad = FindInvalidUtf8(text); bad != std::string_view::npos) {
    Fail(file, ": byte ", bad, " is not UTF-8");
  }
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    VFFN_CHECK(documents.size() == 1 && documents[0].IsMap(), file,
               ": should be one YAML mapping of keys to values");
    return Converter(file).Convert(documents[0]);
  } catch (const YAML::Exception& error) {
    Fail(file, ": ", YamlProblem(error.msg, error.mark.line));
  }
}

YamlValue ReadYamlFile(const std::filesystem::path& path) {
  VFFN_CHECK(std::filesystem::is_regular_file(path), path.string(), ": there is no such file");
  VFFN_CHECK(std::filesystem::file_size(path) <= kLargestYaml, path.string(),
             ": is larger than 4 MiB: not a task");
  return ParseYaml(ReadFileBytes(path), path.string());
}

}  // namespace vffn
