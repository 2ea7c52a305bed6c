// How large a text is when drawn, by Pango: what no drawing program tells before it is too late.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace vffn {

/// What is inked. Relative to the middle of the text's advance, on the baseline: y grows downwards.
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
  std::string font;        ///< the families used, the figures' own first if it is among them: "A, B"
  bool has_glyphs = true;  ///< false: no font here has a glyph for some character
};

/// Measures in the figures' font, with the fall-backs that fontconfig chooses. Not thread safe.
class TextMetrics {
 public:
  /// Throws Error naming the package if the figures' font is not installed.
  TextMetrics();
  ~TextMetrics();
  TextMetrics(const TextMetrics&) = delete;
  TextMetrics& operator=(const TextMetrics&) = delete;

  /// `text` is well-formed UTF-8 on one line.
  const TextShape& Measure(std::string_view text);

  /// Width of the advance, pixels.
  double Width(std::string_view text, double font_size) { return Measure(text).advance * font_size; }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

TextExtent operator*(const TextExtent& extent, double scale);

}  // namespace vffn
