// YAML files with named sections of scalars, such as OLMo's config.yaml.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

/// Scalars as written, except that null is "null", and true and false in any spelling of YAML 1.1 are "true"
/// and "false". Other values are "(not a scalar)".
using YamlOptions = std::map<std::string, std::string>;

/// The top-level mappings of those names that the file has, by name. Throws Error, beginning with `origin`,
/// on malformed YAML, a duplicate key, or if one of the names is not a mapping.
std::map<std::string, YamlOptions> ReadYamlSections(std::string_view yaml, const std::string& origin,
                                                    const std::vector<std::string>& names);

}  // namespace vffn
