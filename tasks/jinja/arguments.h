// The arguments of a call, by the names of its parameters.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tasks/jinja/filters.h"

namespace vffn {

/// One entry per parameter: its argument, or nothing. Throws Error if there are too many, one is unknown or
/// there twice, or one of the first `required` is missing. `call` is for the message: "the filter trim".
std::vector<std::optional<TemplateValue>> BindArguments(const std::string& call,
                                                        const CallArguments& arguments,
                                                        const std::vector<std::string>& parameters,
                                                        size_t required = 0);

// The argument's value. Throw Error, naming `call`, if it is of another type.
const std::string& TextArgument(const std::string& call, const TemplateValue& argument);
int64_t WholeArgument(const std::string& call, const TemplateValue& argument);

}  // namespace vffn
