#include "reports/figures/figure_files.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/file_bytes.h"
#include "reports/figures/renderer.h"
#include "reports/figures/svg_facts.h"
#include "reports/figures/text_metrics.h"

namespace vffn {
namespace {

std::filesystem::path FileOf(const std::filesystem::path& folder, const Figure& figure,
                             const std::string& ending) {
  return folder / (figure.name + ending);
}

void WriteSources(const Figure& figure, const std::filesystem::path& folder) {
  CheckFigure(figure);
  WriteFileAtomically(FileOf(folder, figure, ".vl.json"), CompleteSpecification(figure));
  for (const Dataset& dataset : figure.datasets) {
    const bool first = &dataset == &figure.datasets.front();
    WriteFileAtomically(FileOf(folder, figure, first ? ".csv" : "." + dataset.name + ".csv"),
                        DatasetCsv(dataset));
  }
  // Drawings of an earlier run must not be taken for this one's.
  for (const char* ending : {".svg", ".pdf", ".png"}) {
    std::filesystem::remove(FileOf(folder, figure, ending));
  }
}

SvgFacts CheckSvg(const Figure& figure, const std::filesystem::path& path) {
  SvgFacts facts = ReadSvgFacts(ReadFileBytes(path), path.string());
  VFFN_CHECK(facts.width <= figure.width + 1, path.string(), ": ", facts.width,
             " pixels wide, but its place has ", figure.width);
  std::multiset<std::string> seen = facts.texts;
  for (const std::string& text : figure.texts) {
    const auto found = seen.find(text);
    VFFN_CHECK(found != seen.end(), path.string(), ": \"", text, "\" was not drawn");
    seen.erase(found);
  }
  VFFN_CHECK(facts.fonts.contains(figure.font), path.string(), ": nothing is set in ", figure.font);
  constexpr double kRounding = 0.01;
  VFFN_CHECK(facts.font_sizes.empty() || *facts.font_sizes.begin() >= figure.least_size - kRounding,
             path.string(), ": a text of ", *facts.font_sizes.begin(), " pixels, but the smallest has ",
             figure.least_size);
  return facts;
}

/// The page's width and height in points, from the first /MediaBox [0 0 w h].
std::pair<double, double> PageSize(const std::string& pdf, const std::string& origin) {
  const size_t box = pdf.find("/MediaBox");
  double left, bottom, width, height;
  VFFN_CHECK(box != std::string::npos && std::sscanf(pdf.c_str() + box, "/MediaBox [%lf %lf %lf %lf]", &left,
                                                     &bottom, &width, &height) == 4,
             origin, ": no page");
  return {width - left, height - bottom};
}

void CheckPdf(const SvgFacts& svg, const std::string& font, const std::filesystem::path& path) {
  const std::string pdf = ReadFileBytes(path);
  VFFN_CHECK(pdf.starts_with("%PDF-") && pdf.find("%%EOF") != std::string::npos, path.string(),
             ": not a whole PDF");
  const auto [width, height] = PageSize(pdf, path.string());
  VFFN_CHECK(std::abs(width - 0.75 * svg.width) < 1 && std::abs(height - 0.75 * svg.height) < 1,
             path.string(), ": a page of ", width, " x ", height, " points for a figure of ", svg.width,
             " x ", svg.height, " pixels");
  const bool embedded = std::ranges::any_of(PostScriptNames(font), [&](const std::string& name) {
    return pdf.find("+" + name) != std::string::npos;
  });
  VFFN_CHECK(embedded, path.string(), ": the font ", font, " is not embedded: vl-convert cannot use it");
}

/// Variance over the pixels of the green channel, 0..255.
double GreenVariance(const std::filesystem::path& path) {
  cairo_surface_t* surface = cairo_image_surface_create_from_png(path.c_str());
  const cairo_status_t status = cairo_surface_status(surface);
  if (status != CAIRO_STATUS_SUCCESS) {
    cairo_surface_destroy(surface);
    Fail(path.string(), ": not a PNG: ", cairo_status_to_string(status));
  }
  const unsigned char* pixels = cairo_image_surface_get_data(surface);
  const int width = cairo_image_surface_get_width(surface), height = cairo_image_surface_get_height(surface);
  const int stride = cairo_image_surface_get_stride(surface);
  double sum = 0, squares = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double green = pixels[y * stride + 4 * x + 1];
      sum += green;
      squares += green * green;
    }
  }
  cairo_surface_destroy(surface);
  const double count = std::max(1.0, static_cast<double>(width) * height);
  return squares / count - sum / count * sum / count;
}

}  // namespace

void RenderFigures(std::span<const Figure> figures, const std::filesystem::path& folder) {
  for (const Figure& figure : figures) {
    TextMetrics font_is_there(figure.font);
  }
  std::filesystem::create_directories(folder);
  std::vector<std::string> names;
  for (const Figure& figure : figures) {
    VFFN_CHECK(std::ranges::find(names, figure.name) == names.end(), "two figures are named ", figure.name);
    WriteSources(figure, folder);
    names.push_back(figure.name);
  }
  if (names.empty()) {
    return;
  }
  RunRenderer(folder, names);
  for (const Figure& figure : figures) {
    CheckRendering(figure, folder);
  }
}

std::pair<double, double> MeasureFigure(const Figure& figure, const std::filesystem::path& folder) {
  WriteFileAtomically(FileOf(folder, figure, ".vl.json"), CompleteSpecification(figure));
  return MeasureDrawing(folder, figure.name);
}

std::pair<double, double> MeasureDrawing(const std::filesystem::path& folder, const std::string& name) {
  DrawSvg(folder, name);
  const std::filesystem::path svg = folder / (name + ".svg");
  const SvgFacts facts = ReadSvgFacts(ReadFileBytes(svg), svg.string());
  return {facts.width, facts.height};
}

DrawnFigures::DrawnFigures(std::span<const Figure> figures) { RenderFigures(figures, drawing_.folder()); }

void DrawnFigures::CopyTo(const std::filesystem::path& folder) const {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  VFFN_CHECK(!error, folder.string(), ": cannot be made: ", error.message());
  for (const auto& entry : std::filesystem::directory_iterator(drawing_.folder())) {
    WriteFileAtomically(folder / entry.path().filename(), ReadFileBytes(entry.path()));
  }
}

std::unique_ptr<DrawnFigures> DrawIfPossible(std::span<const Figure> figures) {
  if (!HasRenderer()) {
    std::cerr << "vffn: the figures are left out: vl-convert is missing; make setup installs it\n";
    return nullptr;
  }
  return std::make_unique<DrawnFigures>(figures);
}

void WriteDrawn(const DrawnFigures& drawn, std::span<const Figure> figures,
                const std::filesystem::path& folder) {
  drawn.CopyTo(folder / "figures");
  for (const Figure& figure : figures) {
    std::cout << "wrote " << (folder / "figures" / (figure.name + ".svg")).string() << '\n';
  }
}

bool WriteFigures(std::span<const Figure> figures, const std::filesystem::path& folder) {
  if (figures.empty()) {
    return true;
  }
  const std::unique_ptr<DrawnFigures> drawn = DrawIfPossible(figures);
  if (drawn != nullptr) {
    WriteDrawn(*drawn, figures, folder);
  }
  return drawn != nullptr;
}

void CheckRendering(const Figure& figure, const std::filesystem::path& folder) {
  const SvgFacts facts = CheckSvg(figure, FileOf(folder, figure, ".svg"));
  CheckPdf(facts, figure.font, FileOf(folder, figure, ".pdf"));
  const std::filesystem::path png = FileOf(folder, figure, ".png");
  // A white page with one short word has a variance of about 50.
  constexpr double kLeastVariance = 10;
  const double variance = GreenVariance(png);
  VFFN_CHECK(variance > kLeastVariance, png.string(), ": blank (variance of its pixels ", variance, ")");
}

}  // namespace vffn
