// The program that draws specifications: vl-convert in the Python environment that `make setup` makes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace vffn {

/// Whether it is there. VFFN_PYTHON, an environment variable, names another interpreter that has vl-convert.
bool HasRenderer();

/// Draws folder/NAME.vl.json as SVG, PDF and PNG (300 dots an inch) beside it, for every name. Throws Error
/// naming `make setup` if there is no renderer, or with what it said.
void RunRenderer(const std::filesystem::path& folder, const std::vector<std::string>& names);

/// JavaScript that defines window.vegaEmbed, of the same version of Vega that draws the print files: 0.9 MB,
/// to be inlined in a page. Throws Error as RunRenderer.
std::string ReadVegaBundle();

}  // namespace vffn
