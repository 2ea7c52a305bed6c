#include "model/weights/yaml_sections.h"

#include <yaml-cpp/yaml.h>

#include <set>

#include "base/error.h"
#include "base/json.h"
#include "base/yaml_problem.h"

namespace vffn {
namespace {

std::string ScalarText(const YAML::Node& node) {
  if (node.IsNull()) {
    return "null";
  }
  return node.IsScalar() ? node.Scalar() : "(not a scalar)";
}

std::string Lower(std::string text) {
  for (char& c : text) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

/// true and false in YAML 1.1's spellings; anything else as written.
std::string Normalised(const std::string& text) {
  const std::string lower = Lower(text);
  if (lower == "true" || lower == "yes" || lower == "on") {
    return "true";
  }
  if (lower == "false" || lower == "no" || lower == "off") {
    return "false";
  }
  return text;
}

/// Throws if a key of the mapping is there twice (yaml-cpp would take the first, PyYAML the last).
void CheckKeys(const YAML::Node& mapping, const std::string& origin) {
  std::set<std::string> keys;
  for (const auto& entry : mapping) {
    VFFN_CHECK(entry.first.IsScalar(), origin, ": line ", entry.first.Mark().line + 1,
               ": a key is not a scalar");
    VFFN_CHECK(keys.insert(entry.first.Scalar()).second, origin, ": line ", entry.first.Mark().line + 1,
               ": duplicate key ", entry.first.Scalar());
  }
}

Json JsonOf(const YAML::Node& node, const std::string& origin) {
  if (node.IsMap()) {
    CheckKeys(node, origin);
    Json object = Json::object();
    for (const auto& entry : node) {
      object[entry.first.Scalar()] = JsonOf(entry.second, origin);
    }
    return object;
  }
  if (node.IsSequence()) {
    Json array = Json::array();
    for (const YAML::Node& element : node) {
      array.push_back(JsonOf(element, origin));
    }
    return array;
  }
  return node.IsNull() ? Json() : Json(Normalised(node.Scalar()));
}

/// The file's mapping, given to `read`.
template <class Read>
void ReadMapping(std::string_view yaml, const std::string& origin, Read&& read) {
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    VFFN_CHECK(root.IsMap(), origin, ": should be a YAML mapping");
    CheckKeys(root, origin);
    read(root);
  } catch (const YAML::Exception& error) {
    Fail(origin, ": ", YamlProblem(error.msg, error.mark.line));
  }
}

}  // namespace

std::map<std::string, YamlOptions> ReadYamlSections(std::string_view yaml, const std::string& origin,
                                                    const std::vector<std::string>& names) {
  std::map<std::string, YamlOptions> sections;
  ReadMapping(yaml, origin, [&](const YAML::Node& root) {
    for (const std::string& name : names) {
      const YAML::Node section = root[name];
      if (!section.IsDefined()) {
        continue;
      }
      VFFN_CHECK(section.IsMap(), origin, ": ", name, " should be a mapping");
      CheckKeys(section, origin);
      YamlOptions& options = sections[name];
      for (const auto& entry : section) {
        options[entry.first.Scalar()] = Normalised(ScalarText(entry.second));
      }
    }
  });
  return sections;
}

Json ReadYaml(std::string_view yaml, const std::string& origin) {
  Json json;
  ReadMapping(yaml, origin, [&](const YAML::Node& root) { json = JsonOf(root, origin); });
  return json;
}

}  // namespace vffn
