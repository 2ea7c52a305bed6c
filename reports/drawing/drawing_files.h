// The files of one figure of `vffn figure`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "reports/drawing/prepared_figure.h"
#include "reports/figures/figure.h"

namespace vffn {

/// Where to write, and in which formats.
struct FigureTarget {
  std::filesystem::path folder;
  std::string stem;                  ///< of the file names; empty: the figure's name
  std::vector<std::string> formats;  ///< of "svg", "pdf" and "png"

  std::filesystem::path FileOf(const std::string& name, const std::string& ending) const {
    return folder / ((stem.empty() ? name : stem) + ending);
  }
};

/// `output` is a folder, or a file that ends in .svg, .pdf or .png: its format is the only one then. Without
/// formats, all of them. Throws Error on another format, and on formats beside such a file.
FigureTarget ParseTarget(const std::filesystem::path& output, const std::vector<std::string>& formats);

/// Draws and checks the figure, then writes
///   NAME.svg, NAME.pdf, NAME.png    as far as asked
///   NAME.vl.json                    its specification, with the data
///   NAME.csv, NAME.DATASET.csv      its data
///   NAME.txt, NAME.tex              its caption with the facts, as a paragraph and as \caption{...}
/// Returns the paths. Throws Error as RenderFigures; then nothing is written.
std::vector<std::filesystem::path> WriteFigureFiles(const Figure& figure,
                                                    const std::vector<std::string>& facts,
                                                    const FigureTarget& target);

}  // namespace vffn
