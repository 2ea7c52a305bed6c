// YAML files with named sections of scalars, such as OLMo's config.yaml.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"

namespace vffn {

/// Scalars as written, except that null is "null", and true and false in any spelling of YAML 1.1 are "true"
/// and "false". Other values are "(not a scalar)".
using YamlOptions = std::map<std::string, std::string>;

/// The top-level mappings of those names that the file has, by name. Throws Error, beginning with `origin`,
/// on malformed YAML, a duplicate key, or if one of the names is not a mapping.
std::map<std::string, YamlOptions> ReadYamlSections(std::string_view yaml, const std::string& origin,
                                                    const std::vector<std::string>& names);

/// The whole file: mappings are objects, sequences are arrays, and every scalar is a text as in YamlOptions,
/// but null is null. Throws Error, beginning with `origin`, on malformed YAML, a duplicate key, or if the
/// file is not a mapping.
Json ReadYaml(std::string_view yaml, const std::string& origin);

}  // namespace vffn
