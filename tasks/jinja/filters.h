// Filters, tests and methods of template expressions.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tasks/jinja/value.h"

namespace vffn {

struct CallArguments {
  std::vector<TemplateValue> values;
  std::vector<std::pair<std::string, TemplateValue>> named;
};

// Each throws Error, beginning with "line N: " and listing the names, unless the name is supported.
void CheckFilterName(const std::string& name, int line);
void CheckTestName(const std::string& name, int line);
void CheckMethodName(const std::string& name, int line);

// These throw Error on a value or an argument of the wrong type, or with another number of arguments.

/// {{ input|name(arguments) }}. Of the filters, only `default` takes an undefined input.
TemplateValue ApplyFilter(const std::string& name, const TemplateValue& input,
                          const CallArguments& arguments);

/// {{ input is name }}; the input of `defined` and `undefined` may be undefined.
bool ApplyTest(const std::string& name, const TemplateValue& input);

/// {{ object.name(arguments) }}.
TemplateValue CallMethod(const TemplateValue& object, const std::string& name,
                         const CallArguments& arguments);

/// range(arguments).
TemplateValue CallRange(const CallArguments& arguments);

/// {{ object.name }}: a field of a dict; undefined if there is none. Throws Error if Python would give a
/// method.
TemplateValue AttributeOf(const TemplateValue& object, const std::string& name);

}  // namespace vffn
