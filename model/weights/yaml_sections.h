// YAML files of named sections of scalars, such as OLMo's config.yaml.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

/// Scalars as written, but null is "null", and true and false in any of YAML 1.1's spellings are "true" and
/// "false". What is no scalar is "(not a scalar)".
using YamlOptions = std::map<std::string, std::string>;

/// The top-level mappings of those names, by name; those that are not there are left out. Throws Error,
/// beginning with `origin`, on malformed YAML, a duplicate key, or if one of them is no mapping.
std::map<std::string, YamlOptions> ReadYamlSections(std::string_view yaml, const std::string& origin,
                                                    const std::vector<std::string>& names);

}  // namespace vffn
