// Figures as files, each of them looked at before it is called done.
#pragma once

#include <filesystem>
#include <span>

#include "reports/figures/figure.h"

namespace vffn {

/// Writes, for every figure, folder/NAME.vl.json (the specification), NAME.csv (its data; further datasets as
/// NAME.DATASET.csv), NAME.svg, NAME.pdf and NAME.png, and makes the folder. Throws Error if there is no
/// renderer or it fails, and as CheckRendering.
void RenderFigures(std::span<const Figure> figures, const std::filesystem::path& folder);

/// Throws Error, naming the file, unless folder/NAME.svg is well-formed, as wide as the figure's width
/// allows, and has every text of the figure in the figures' font or a fall-back of a word's; NAME.pdf is a
/// PDF of the same size with the font embedded; and NAME.png decodes and is not blank.
void CheckRendering(const Figure& figure, const std::filesystem::path& folder);

}  // namespace vffn
