// Fills the Vega-Lite templates in templates/ with titles, sizes and domains.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "reports/figures/figure_style.h"
#include "reports/figures/json_text.h"

namespace vffn {

/// Values by the name of their place.
using TemplateValues = std::map<std::string, JsonText, std::less<>>;

/// `text`, a JSON document, with its places filled. A string "$name" is a place: it becomes the value `name`.
/// The value of a place "$?name" may be absent; then the member is removed.
/// An object with the member "$if": "name" stays, without that member, if the value `name` is true, and is
/// removed from its array or object if it is false. Returns JSON text. Throws Error, naming the place, if one
/// has no value or a value has no place, is absent or not finite, or if "$if" asks for a value that is not a
/// bool.
std::string FillTemplate(std::string_view text, const TemplateValues& values);

/// A complete Vega-Lite 6 specification but for its data: the common style (templates/style.vl.json), then
/// the members of the template. Throws Error as FillTemplate.
std::string MakeSpecification(const std::string& description, std::string_view text,
                              const TemplateValues& values, const FigureStyle& style = {});

}  // namespace vffn
