#include "reports/figures/text_metrics.h"

#include <pango/pangocairo.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/error.h"
#include "reports/figures/figure_style.h"

namespace vffn {
namespace {

// Measured large and scaled: without hinting, glyphs scale linearly.
constexpr double kMeasuredSize = 256;

template <class T>
struct Unref {
  void operator()(T* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref<T>>;

std::string FamilyOf(PangoFont* font) {
  PangoFontDescription* description = pango_font_describe(font);
  std::string family = pango_font_description_get_family(description);
  pango_font_description_free(description);
  return family;
}

std::string FontsOf(PangoLayout* layout) {
  std::vector<std::string> families;
  for (GSList* run = pango_layout_get_line_readonly(layout, 0)->runs; run != nullptr; run = run->next) {
    const std::string family = FamilyOf(static_cast<PangoLayoutRun*>(run->data)->item->analysis.font);
    if (std::ranges::find(families, family) == families.end()) {
      families.insert(family == kFigureFont ? families.begin() : families.end(), family);
    }
  }
  std::string list;
  for (const std::string& family : families) {
    list += (list.empty() ? "" : ", ") + family;
  }
  return list;
}

}  // namespace

struct TextMetrics::State {
  Owned<PangoFontMap> fonts{pango_cairo_font_map_new()};
  Owned<PangoContext> context{pango_font_map_create_context(fonts.get())};
  Owned<PangoLayout> layout{pango_layout_new(context.get())};
  std::map<std::string, TextShape, std::less<>> measured;
};

TextMetrics::TextMetrics() : state_(std::make_unique<State>()) {
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(state_->context.get(), options);
  cairo_font_options_destroy(options);

  PangoFontDescription* description = pango_font_description_new();
  pango_font_description_set_family(description, std::string(kFigureFont).c_str());
  pango_font_description_set_absolute_size(description, kMeasuredSize * PANGO_SCALE);
  pango_layout_set_font_description(state_->layout.get(), description);
  const Owned<PangoFont> font(
      pango_font_map_load_font(state_->fonts.get(), state_->context.get(), description));
  pango_font_description_free(description);
  VFFN_CHECK(font != nullptr && FamilyOf(font.get()) == kFigureFont, "the figures' font \"", kFigureFont,
             "\" is not installed: run `make setup` (Debian package fonts-liberation)");
}

TextMetrics::~TextMetrics() = default;

const TextShape& TextMetrics::Measure(std::string_view text) {
  const auto known = state_->measured.find(text);
  if (known != state_->measured.end()) {
    return known->second;
  }
  PangoLayout* layout = state_->layout.get();
  pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
  PangoRectangle ink, logical;
  pango_layout_get_extents(layout, &ink, &logical);
  constexpr double kUnit = 1 / (PANGO_SCALE * kMeasuredSize);
  const double middle = logical.x + logical.width / 2.0;
  const double baseline = pango_layout_get_baseline(layout);
  TextShape shape;
  shape.ink = {.left = (ink.x - middle) * kUnit,
               .top = (ink.y - baseline) * kUnit,
               .right = (ink.x + ink.width - middle) * kUnit,
               .bottom = (ink.y + ink.height - baseline) * kUnit};
  shape.advance = logical.width * kUnit;
  shape.font = FontsOf(layout);
  shape.has_glyphs = pango_layout_get_unknown_glyphs_count(layout) == 0;
  return state_->measured.emplace(text, std::move(shape)).first->second;
}

TextExtent operator*(const TextExtent& extent, double scale) {
  return {.left = extent.left * scale,
          .top = extent.top * scale,
          .right = extent.right * scale,
          .bottom = extent.bottom * scale};
}

}  // namespace vffn
