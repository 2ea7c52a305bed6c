// Literals of Python: what ast.literal_eval reads.
#pragma once

#include <string>
#include <string_view>

#include "tasks/jinja/value.h"

namespace vffn {

/// The text between the quotes of a string literal, its escapes replaced. An unknown escape stays as it is.
/// Throws Error on an escape that is cut short, names no character, or is a name of one ("\N{DASH}").
std::string DecodePythonEscapes(std::string_view body);

/// ast.literal_eval(text) of strings, whole numbers, floats, None, True, False, and lists, tuples and dicts
/// (with strings as keys) of these. Throws Error, with the place, on anything else.
TemplateValue ParsePythonLiteral(std::string_view text);

}  // namespace vffn
