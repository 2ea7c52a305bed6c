// Writes figures as files and checks what was drawn.
#pragma once

#include <filesystem>
#include <span>
#include <utility>

#include "reports/figures/figure.h"

namespace vffn {

/// Makes the folder and writes, for every figure, NAME.vl.json (the specification), NAME.csv (the first
/// dataset; others as NAME.DATASET.csv), NAME.svg, NAME.pdf and NAME.png. Throws Error if the renderer is
/// missing or fails, and as CheckRendering.
void RenderFigures(std::span<const Figure> figures, const std::filesystem::path& folder);

/// Draws folder/NAME.svg alone, from NAME.vl.json, which is written, too. Returns width and height in pixels.
std::pair<double, double> MeasureFigure(const Figure& figure, const std::filesystem::path& folder);

/// RenderFigures to folder/figures, and says so on stdout. Without the program that draws them a line on
/// stderr says what is missing, and nothing is written; any other failure throws Error. Returns whether they
/// were drawn.
bool WriteFigures(std::span<const Figure> figures, const std::filesystem::path& folder);

/// Throws Error, naming the file, unless
/// - folder/NAME.svg is well-formed, not wider than the figure's width, shows every text of the figure, uses
///   the figure's font, and has no text smaller than the figure's smallest;
/// - NAME.pdf is a PDF of the same size with the font embedded;
/// - NAME.png can be decoded and is not blank.
void CheckRendering(const Figure& figure, const std::filesystem::path& folder);

}  // namespace vffn
