// Operators of template expressions.
#pragma once

#include <optional>
#include <string>

#include "tasks/jinja/value.h"

namespace vffn {

// Each throws Error where Python raises an exception, and on whole numbers of more than 64 bits.

/// "+", "-", "*", "/", "//", "%".
TemplateValue ApplyArithmetic(const std::string& name, const TemplateValue& left, const TemplateValue& right);

/// -value and +value.
TemplateValue ApplySign(const std::string& name, const TemplateValue& value);

/// "==", "!=", "<", "<=", ">", ">=", "in", "not in".
bool ApplyComparison(const std::string& name, const TemplateValue& left, const TemplateValue& right);

/// container[index]; undefined if there is no such element.
TemplateValue ItemOf(const TemplateValue& container, const TemplateValue& index);

/// container[start:stop:step] of a str, list or tuple; a bound of None stands for one that is not written.
TemplateValue SliceOf(const TemplateValue& container, const TemplateValue& start, const TemplateValue& stop,
                      const TemplateValue& step);

}  // namespace vffn
