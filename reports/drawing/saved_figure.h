// Figures from specifications that were saved, and perhaps edited.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "reports/drawing/drawing_files.h"
#include "reports/drawing/size_search.h"
#include "reports/figures/palette.h"

namespace vffn {

/// Changes of a specification; what is absent stays as it is.
struct SavedStyle {
  std::string font;                  ///< empty: that of the specification
  std::optional<double> label_size;  ///< of ticks and legends, pixels; other sizes change with it
  std::optional<Palette> palette;
  bool title = true;
  FigureSize size;
};

/// A file itself; of a folder the specifications in it, or in its folder "figures" (of a report), by name.
/// Throws Error if there are none.
std::vector<std::filesystem::path> SavedFiguresIn(const std::filesystem::path& path);

/// Draws NAME.vl.json and writes the pictures that `target` asks for. The specification is not changed.
/// Returns the paths. Throws Error, naming the file, if it is no specification of Vega-Lite or names data
/// that it does not hold; with line and column on a syntax error; and if a style would move what has a fixed
/// place in it (words of a cloud, labels of points).
std::vector<std::filesystem::path> RenderSavedFigure(const std::filesystem::path& path,
                                                     const SavedStyle& style, const FigureTarget& target);

}  // namespace vffn
