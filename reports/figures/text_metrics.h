// The size of texts before they are drawn, measured by Pango, and texts that fit a given width.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reports/figures/figure.h"

namespace vffn {

/// The box around ink. The origin is the middle of the text's advance on the baseline; y grows downwards.
struct TextExtent {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;

  double width() const { return right - left; }
  double height() const { return bottom - top; }
};

struct TextShape {
  TextExtent ink;          ///< at font size 1
  double advance = 0;      ///< at font size 1
  std::string font;        ///< the families used: "A, B"; the figures' own first if it is one of them
  bool has_glyphs = true;  ///< false: no installed font has a glyph for some character
};

/// Measures in a font, with the fall-back fonts that fontconfig chooses. Not thread safe.
class TextMetrics {
 public:
  /// Throws Error if the font is not installed: with the package of the figures' own, or with names of fonts
  /// that may have been meant.
  explicit TextMetrics(const std::string& font = std::string(kFigureFont));
  ~TextMetrics();
  TextMetrics(const TextMetrics&) = delete;
  TextMetrics& operator=(const TextMetrics&) = delete;

  /// `text` is well-formed UTF-8 on one line.
  const TextShape& Measure(std::string_view text);

  /// Width of the advance, pixels.
  double Width(std::string_view text, double font_size) { return Measure(text).advance * font_size; }

  /// Lines no wider than `width` pixels, broken after blanks, '-', '_', '/' and '.', and inside a word that
  /// is too long by itself. Blanks at breaks are dropped. Every line has at least one character.
  std::vector<std::string> Wrap(std::string_view text, double width, double font_size);

  /// The text, or its beginning and end with "…" between them, no wider than `width` pixels. At least one
  /// character of either end stays.
  std::string Shorten(std::string_view text, double width, double font_size);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The PostScript names of a font's faces ("LiberationSans", "LiberationSans-Bold"), as a PDF lists them.
std::vector<std::string> PostScriptNames(const std::string& font);

TextExtent operator*(const TextExtent& extent, double scale);

}  // namespace vffn
