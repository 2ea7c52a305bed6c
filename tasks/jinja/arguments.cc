#include "tasks/jinja/arguments.h"

#include <algorithm>

#include "base/error.h"

namespace vffn {

using Kind = TemplateValue::Kind;

std::vector<std::optional<TemplateValue>> BindArguments(const std::string& call,
                                                        const CallArguments& arguments,
                                                        const std::vector<std::string>& parameters,
                                                        size_t required) {
  VFFN_CHECK(arguments.values.size() <= parameters.size(), call, " takes at most ", parameters.size(),
             " arguments, not ", arguments.values.size());
  std::vector<std::optional<TemplateValue>> bound(parameters.size());
  std::ranges::copy(arguments.values, bound.begin());
  for (const auto& [name, value] : arguments.named) {
    const auto found = std::ranges::find(parameters, name);
    VFFN_CHECK(found != parameters.end(), call, " has no argument named ", name);
    auto& place = bound[static_cast<size_t>(found - parameters.begin())];
    VFFN_CHECK(!place.has_value(), call, ": the argument ", name, " is there twice");
    place = value;
  }
  for (size_t i = 0; i < required; ++i) {
    VFFN_CHECK(bound[i].has_value(), call, ": the argument ", parameters[i], " is missing");
  }
  for (const auto& value : bound) {
    VFFN_CHECK(!value || !value->is(Kind::kUndefined), call, ": ", value->text);
  }
  return bound;
}

const std::string& TextArgument(const std::string& call, const TemplateValue& argument) {
  VFFN_CHECK(argument.is(Kind::kString), call, ": an argument is a ", TypeName(argument),
             ", should be a str");
  return argument.text;
}

int64_t WholeArgument(const std::string& call, const TemplateValue& argument) {
  VFFN_CHECK(argument.is(Kind::kInt), call, ": an argument is a ", TypeName(argument), ", should be an int");
  return argument.integer;
}

}  // namespace vffn
