// Templates of Jinja as syntax trees.
#pragma once

#include <string_view>

#include "tasks/jinja/syntax_tree.h"

namespace vffn {

/// Throws Error, beginning with "line N: ", on a syntax error and on a statement, filter, method or test that
/// is not supported (docs/yaml_tasks.md lists those that are), also where it would never run.
TemplateBody ParseTemplate(std::string_view source);

}  // namespace vffn
