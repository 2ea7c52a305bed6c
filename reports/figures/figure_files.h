// Writes figures as files and checks what was drawn.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <utility>

#include "reports/figures/figure.h"
#include "reports/figures/temporary_drawing.h"

namespace vffn {

/// Makes the folder and writes, for every figure, NAME.vl.json (the specification), NAME.csv (the first
/// dataset; others as NAME.DATASET.csv), NAME.svg, NAME.pdf and NAME.png. Throws Error if the renderer is
/// missing or fails, and as CheckRendering.
void RenderFigures(std::span<const Figure> figures, const std::filesystem::path& folder);

/// Draws folder/NAME.svg alone, from NAME.vl.json, which is written, too. Returns width and height in pixels.
std::pair<double, double> MeasureFigure(const Figure& figure, const std::filesystem::path& folder);

/// The same, of a specification that is in the folder already.
std::pair<double, double> MeasureDrawing(const std::filesystem::path& folder, const std::string& name);

/// Figures that were drawn and checked, but that no folder has yet.
class DrawnFigures {
 public:
  /// Throws Error as RenderFigures.
  explicit DrawnFigures(std::span<const Figure> figures);

  /// The temporary folder with their files.
  const std::filesystem::path& folder() const { return drawing_.folder(); }

  /// Puts every file into `folder`, which is made where it is missing, in place of an earlier one.
  void CopyTo(const std::filesystem::path& folder) const;

 private:
  TemporaryDrawing drawing_;
};

/// Draws figures where the program that draws them is there; else a line on stderr says what is missing, and
/// the result is null. Throws Error as RenderFigures.
std::unique_ptr<DrawnFigures> DrawIfPossible(std::span<const Figure> figures);

/// Copies what DrawIfPossible drew of these figures to folder/figures, and says so on stdout.
void WriteDrawn(const DrawnFigures& drawn, std::span<const Figure> figures,
                const std::filesystem::path& folder);

/// Both. Returns whether they were drawn.
bool WriteFigures(std::span<const Figure> figures, const std::filesystem::path& folder);

/// Throws Error, naming the file, unless
/// - folder/NAME.svg is well-formed, not wider than the figure's width, shows every text of the figure, uses
///   the figure's font, and has no text smaller than the figure's smallest;
/// - NAME.pdf is a PDF of the same size with the font embedded;
/// - NAME.png can be decoded and is not blank.
void CheckRendering(const Figure& figure, const std::filesystem::path& folder);

}  // namespace vffn
