#include "reports/figures/svg_facts.h"

#include <glib.h>

#include <cstdlib>
#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

struct Reader {
  SvgFacts facts;
  std::string text;
  bool in_text = false;
};

void OnStart(GMarkupParseContext*, const char* element, const char** names, const char** values, void* data,
             GError**) {
  Reader& reader = *static_cast<Reader*>(data);
  const bool root = std::string_view(element) == "svg" && reader.facts.width == 0;
  if (std::string_view(element) == "text") {
    reader.in_text = true;
    reader.text.clear();
  }
  for (size_t i = 0; names[i] != nullptr; ++i) {
    const std::string_view name = names[i];
    if (root && name == "width") {
      reader.facts.width = std::strtod(values[i], nullptr);
    } else if (root && name == "height") {
      reader.facts.height = std::strtod(values[i], nullptr);
    } else if (name == "font-family") {
      reader.facts.fonts.insert(values[i]);
    } else if (name == "font-size") {
      reader.facts.font_sizes.insert(std::strtod(values[i], nullptr));
    }
  }
}

void OnEnd(GMarkupParseContext*, const char* element, void* data, GError**) {
  Reader& reader = *static_cast<Reader*>(data);
  const std::string_view name = element;
  if (name == "text") {
    reader.in_text = false;
  }
  if ((name == "text" || name == "tspan") && !reader.text.empty()) {  // of several lines each is a <tspan>
    reader.facts.texts.insert(std::exchange(reader.text, {}));
  }
}

void OnText(GMarkupParseContext*, const char* text, size_t length, void* data, GError**) {
  Reader& reader = *static_cast<Reader*>(data);
  if (reader.in_text) {
    reader.text.append(text, length);
  }
}

}  // namespace

SvgFacts ReadSvgFacts(std::string_view svg, const std::string& origin) {
  const GMarkupParser parser = {OnStart, OnEnd, OnText, nullptr, nullptr};
  Reader reader;
  GMarkupParseContext* context =
      g_markup_parse_context_new(&parser, G_MARKUP_DEFAULT_FLAGS, &reader, nullptr);
  GError* error = nullptr;
  const bool parsed =
      g_markup_parse_context_parse(context, svg.data(), static_cast<gssize>(svg.size()), &error) &&
      g_markup_parse_context_end_parse(context, &error);
  const std::string message = error != nullptr ? error->message : "";
  g_clear_error(&error);
  g_markup_parse_context_free(context);
  VFFN_CHECK(parsed, origin, ": not well-formed: ", message);
  VFFN_CHECK(reader.facts.width > 0 && reader.facts.height > 0, origin,
             ": no <svg> with a width and a height");
  return std::move(reader.facts);
}

}  // namespace vffn
