// Draws specifications with vl-convert, which `make setup` installs in a Python environment.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace vffn {

/// Whether vl-convert can be used. The environment variable VFFN_PYTHON names another Python that has it.
bool HasRenderer();

/// Throws Error, naming `make setup`, if vl-convert cannot be used.
void CheckRenderer();

/// Draws folder/NAME.vl.json as NAME.svg, NAME.pdf and NAME.png (300 dots per inch), for every name. Throws
/// Error, naming `make setup` if vl-convert is missing, or with its output if it fails.
void RunRenderer(const std::filesystem::path& folder, const std::vector<std::string>& names);

/// As RunRenderer, NAME.svg alone.
void DrawSvg(const std::filesystem::path& folder, const std::string& name);

/// JavaScript for a page that defines window.vegaEmbed (0.9 MB), of the version of Vega that draws the print
/// files. Throws Error as RunRenderer.
std::string ReadVegaBundle();

}  // namespace vffn
