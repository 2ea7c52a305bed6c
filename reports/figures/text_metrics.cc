#include "reports/figures/text_metrics.h"

#include <hb-ot.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/error.h"
#include "base/near_names.h"
#include "text/utf8.h"

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

std::string FontsOf(PangoLayout* layout, const std::string& font) {
  std::vector<std::string> families;
  for (GSList* run = pango_layout_get_line_readonly(layout, 0)->runs; run != nullptr; run = run->next) {
    const std::string family = FamilyOf(static_cast<PangoLayoutRun*>(run->data)->item->analysis.font);
    if (std::ranges::find(families, family) == families.end()) {
      families.insert(family == font ? families.begin() : families.end(), family);
    }
  }
  std::string list;
  for (const std::string& family : families) {
    list += (list.empty() ? "" : ", ") + family;
  }
  return list;
}

std::vector<std::string> CharactersOf(std::string_view text) {
  std::vector<std::string> characters;
  for (size_t i = 0; i < text.size(); i += characters.back().size()) {
    characters.emplace_back(text.substr(i, Utf8Length(static_cast<unsigned char>(text[i]))));
  }
  return characters;
}

std::vector<std::string> InstalledFonts(PangoFontMap* fonts) {
  PangoFontFamily** families = nullptr;
  int count = 0;
  pango_font_map_list_families(fonts, &families, &count);
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) {
    names.emplace_back(pango_font_family_get_name(families[i]));
  }
  g_free(families);
  std::ranges::sort(names);
  return names;
}

[[noreturn]] void FailWithoutFont(const std::string& font, PangoFontMap* fonts) {
  VFFN_CHECK(font != kFigureFont, "the figures' font \"", font,
             "\" is not installed: run `make setup` (Debian package fonts-liberation)");
  Fail("the font \"", font, "\" is not installed", DidYouMean(font, InstalledFonts(fonts)),
       "; `fc-list : family` lists all fonts");
}

std::string PostScriptNameOf(PangoFont* font) {
  char name[128] = "";
  unsigned size = sizeof name;
  hb_ot_name_get_utf8(hb_font_get_face(pango_font_get_hb_font(font)), HB_OT_NAME_ID_POSTSCRIPT_NAME,
                      HB_LANGUAGE_INVALID, &size, name);
  return name;
}

bool BreaksAfter(std::string_view character) { return character.find_first_of(" -_/.") == 0; }

std::string WithoutBlanks(const std::string& line) {
  const size_t begin = line.find_first_not_of(' '), end = line.find_last_not_of(' ');
  return begin == std::string::npos ? "" : line.substr(begin, end - begin + 1);
}

}  // namespace

struct TextMetrics::State {
  Owned<PangoFontMap> fonts{pango_cairo_font_map_new()};
  Owned<PangoContext> context{pango_font_map_create_context(fonts.get())};
  Owned<PangoLayout> layout{pango_layout_new(context.get())};
  std::map<std::string, TextShape, std::less<>> measured;
  std::string font;
};

TextMetrics::TextMetrics(const std::string& font) : state_(std::make_unique<State>()) {
  state_->font = font;
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(state_->context.get(), options);
  cairo_font_options_destroy(options);

  PangoFontDescription* description = pango_font_description_new();
  pango_font_description_set_family(description, font.c_str());
  pango_font_description_set_absolute_size(description, kMeasuredSize * PANGO_SCALE);
  pango_layout_set_font_description(state_->layout.get(), description);
  const Owned<PangoFont> loaded(
      pango_font_map_load_font(state_->fonts.get(), state_->context.get(), description));
  pango_font_description_free(description);
  if (loaded == nullptr || FamilyOf(loaded.get()) != font) {
    FailWithoutFont(font, state_->fonts.get());
  }
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
  shape.font = FontsOf(layout, state_->font);
  shape.has_glyphs = pango_layout_get_unknown_glyphs_count(layout) == 0;
  return state_->measured.emplace(text, std::move(shape)).first->second;
}

std::vector<std::string> TextMetrics::Wrap(std::string_view text, double width, double font_size) {
  std::vector<std::string> lines;
  std::string line;
  size_t break_at = 0;  // where the line can be broken; 0: nowhere
  const auto end_line = [&](size_t at) {
    if (const std::string ended = WithoutBlanks(line.substr(0, at)); !ended.empty()) {
      lines.push_back(ended);
    }
    line.erase(0, at);
    break_at = 0;
  };
  for (const std::string& character : CharactersOf(text)) {
    while (!line.empty() && Width(WithoutBlanks(line + character), font_size) > width) {
      end_line(break_at > 0 ? break_at : line.size());
    }
    line += character;
    break_at = BreaksAfter(character) ? line.size() : break_at;
  }
  end_line(line.size());
  return lines;
}

std::string TextMetrics::Shorten(std::string_view text, double width, double font_size) {
  const std::vector<std::string> characters = CharactersOf(text);
  std::string shortened(text);
  for (size_t kept = characters.size(); kept-- > 2 && Width(shortened, font_size) > width;) {
    shortened.clear();
    for (size_t i = 0; i < (kept + 1) / 2; ++i) {
      shortened += characters[i];
    }
    shortened += "…";
    for (size_t i = characters.size() - kept / 2; i < characters.size(); ++i) {
      shortened += characters[i];
    }
  }
  return shortened;
}

std::vector<std::string> PostScriptNames(const std::string& font) {
  const Owned<PangoFontMap> fonts(pango_cairo_font_map_new());
  const Owned<PangoContext> context(pango_font_map_create_context(fonts.get()));
  std::vector<std::string> names;
  for (const PangoWeight weight : {PANGO_WEIGHT_NORMAL, PANGO_WEIGHT_BOLD}) {
    PangoFontDescription* description = pango_font_description_new();
    pango_font_description_set_family(description, font.c_str());
    pango_font_description_set_weight(description, weight);
    const Owned<PangoFont> face(pango_font_map_load_font(fonts.get(), context.get(), description));
    pango_font_description_free(description);
    if (face != nullptr) {
      names.push_back(PostScriptNameOf(face.get()));
    }
  }
  return names;
}

TextExtent operator*(const TextExtent& extent, double scale) {
  return {.left = extent.left * scale,
          .top = extent.top * scale,
          .right = extent.right * scale,
          .bottom = extent.bottom * scale};
}

}  // namespace vffn
