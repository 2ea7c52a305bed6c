#include "reports/drawing/saved_figure.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/file_bytes.h"
#include "base/json.h"
#include "reports/figures/figure_files.h"
#include "reports/figures/renderer.h"
#include "reports/figures/temporary_drawing.h"
#include "reports/figures/text_metrics.h"

namespace vffn {
namespace {

constexpr const char* kEnding = ".vl.json";
constexpr const char* kDrawingName = "figure";

/// Calls visit(object) for every object but data.
template <class Visitor>
void VisitViews(OrderedJson& node, Visitor&& visit) {
  if (node.is_object()) {
    visit(node);
  }
  if (node.is_structured()) {
    for (auto& [key, part] : node.items()) {
      if (key != "datasets" && key != "data") {
        VisitViews(part, visit);
      }
    }
  }
}

OrderedJson ReadSpecification(const std::filesystem::path& path) {
  const std::string text = ReadFileBytes(path);
  ParseJson(text, path.string());  // its messages say where a mistake is
  OrderedJson spec = OrderedJson::parse(text);
  VFFN_CHECK(spec.is_object() && spec.contains("$schema") && spec["$schema"].is_string() &&
                 spec["$schema"].get<std::string>().find("vega-lite") != std::string::npos,
             path.string(),
             ": not a specification of Vega-Lite: its \"$schema\" is missing; `vffn figure` and "
             "`vffn report` write NAME.vl.json");
  std::set<std::string> missing;
  VisitViews(spec, [&](const OrderedJson& view) {
    if (view.contains("data") && view["data"].is_object() && view["data"].contains("name")) {
      const std::string name =
          view["data"]["name"].is_string() ? view["data"]["name"].get<std::string>() : "";
      if (!spec.contains("datasets") || !spec["datasets"].contains(name)) {
        missing.insert(name);
      }
    }
  });
  VFFN_CHECK(missing.empty(), path.string(), ": it names the data \"",
             missing.empty() ? "" : *missing.begin(), "\", but its \"datasets\" do not hold them");
  return spec;
}

bool HasFixedPlaces(OrderedJson& spec) {
  bool fixed = false;
  VisitViews(spec, [&](const OrderedJson& view) {
    for (const char* channel : {"x", "y"}) {
      fixed = fixed || (view.contains(channel) && view[channel].is_object() &&
                        view[channel].contains("scale") && view[channel]["scale"].is_null());
    }
  });
  return fixed;
}

void ScaleFonts(double factor, OrderedJson& spec) {
  VisitViews(spec, [&](OrderedJson& view) {
    for (auto& [key, value] : view.items()) {
      if (value.is_number() && (key == "fontSize" || key.ends_with("FontSize"))) {
        value = value.get<double>() * factor;
      }
    }
  });
}

void ApplyPalette(const Palette& palette, OrderedJson& spec) {
  spec["config"]["range"]["category"] = OrderedJson::parse(palette.Categories().text());
  VisitViews(spec, [&](OrderedJson& view) {
    if (view.contains("scheme")) {
      if (!palette.scheme.empty()) {
        view["scheme"] = palette.scheme;
      } else {
        view.erase("scheme");
        view["range"] = palette.colours;
      }
    }
  });
}

void RemoveTitles(OrderedJson& spec) {
  VisitViews(spec, [&](OrderedJson& view) {
    if (view.contains("title") && view["title"].is_object() && view["title"].contains("text")) {
      view.erase("title");
    }
  });
}

/// Scales the plots.
OrderedJson Scaled(OrderedJson spec, double width, double height) {
  VisitViews(spec, [&](OrderedJson& view) {
    const bool is_view = view.contains("mark") || view.contains("layer") || view.contains("encoding");
    for (const auto& [key, factor] : {std::pair("width", width), std::pair("height", height)}) {
      if (is_view && view.contains(key) && view[key].is_number()) {
        view[key] = std::round(view[key].get<double>() * factor * 10) / 10;
      }
    }
  });
  return spec;
}

std::string FontOf(const OrderedJson& spec) {
  const bool named =
      spec.contains("config") && spec["config"].contains("font") && spec["config"]["font"].is_string();
  VFFN_CHECK(named, "the specification names no font in \"config\": add one with --font");
  return spec["config"]["font"];
}

double LabelSizeOf(const OrderedJson& spec) {
  const auto pointer = "/config/axis/labelFontSize"_json_pointer;
  VFFN_CHECK(spec.contains(pointer) && spec[pointer].is_number(),
             "the specification states no labelFontSize in \"config\": change its sizes in the file");
  return spec[pointer];
}

/// Draws it in `folder` in the size that is asked for; returns the figure with what can be checked.
Figure DrawSaved(const OrderedJson& spec, const FigureSize& size, const std::filesystem::path& folder) {
  constexpr int kMostDrawings = 7;
  constexpr double kClose = 0.75;
  Figure figure{.name = kDrawingName, .width = INFINITY, .font = FontOf(spec), .least_size = 0};
  SizeSearch width(1, 1), height(1, 1);
  for (int i = 0; i < kMostDrawings; ++i) {
    WriteFileAtomically(folder / (figure.name + kEnding),
                        Scaled(spec, width.value(), height.value()).dump(1));
    if (!size.width && !size.height) {
      break;
    }
    const auto [drawn_width, drawn_height] = MeasureDrawing(folder, figure.name);
    const bool wide = size.width && std::abs(drawn_width - *size.width) > kClose;
    const bool high = size.height && std::abs(drawn_height - *size.height) > kClose;
    if (!wide && !high) {
      break;
    }
    if (i == 0) {  // nearly all of it is plots
      width = SizeSearch(1, 0.8 * drawn_width);
      height = SizeSearch(1, 0.8 * drawn_height);
    }
    if (wide) {
      width.Update(drawn_width, *size.width);
    }
    if (high) {
      height.Update(drawn_height, *size.height);
    }
    VFFN_CHECK(width.value() > 0.1 && height.value() > 0.1,
               "the size leaves hardly any room for the plots: make it larger");
  }
  RunRenderer(folder, {figure.name});
  CheckRendering(figure, folder);
  return figure;
}

std::string StemOf(const std::filesystem::path& path) {
  std::string name = path.filename().string();
  if (name.ends_with(kEnding)) {
    return name.substr(0, name.size() - std::string(kEnding).size());
  }
  return path.stem().string();
}

}  // namespace

std::vector<std::filesystem::path> SavedFiguresIn(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) {
    return {path};
  }
  std::vector<std::filesystem::path> found;
  for (const std::filesystem::path& folder : {path, path / "figures"}) {
    if (std::filesystem::is_directory(folder)) {
      for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().filename().string().ends_with(kEnding)) {
          found.push_back(entry.path());
        }
      }
    }
  }
  VFFN_CHECK(!found.empty(), path.string(), ": there is no specification NAME", kEnding,
             " in it or in its folder figures");
  std::ranges::sort(found);
  return found;
}

std::vector<std::filesystem::path> RenderSavedFigure(const std::filesystem::path& path,
                                                     const SavedStyle& style, const FigureTarget& target) {
  OrderedJson spec = ReadSpecification(path);
  const bool moves = !style.font.empty() || style.label_size || style.size.width || style.size.height;
  VFFN_CHECK(
      !moves || !HasFixedPlaces(spec), path.string(),
      ": words or labels have fixed places in this figure, which follow from its font and size; draw it anew "
      "with `vffn figure`, or change the specification");
  if (!style.font.empty()) {
    const TextMetrics font_is_there(style.font);
    spec["config"]["font"] = style.font;
  }
  if (style.label_size) {
    ScaleFonts(*style.label_size / LabelSizeOf(spec), spec);
  }
  if (style.palette) {
    ApplyPalette(*style.palette, spec);
  }
  if (!style.title) {
    RemoveTitles(spec);
  }
  const TemporaryDrawing drawing;
  const Figure figure = DrawSaved(spec, style.size, drawing.folder());
  FigureTarget named = target;
  named.stem = target.stem.empty() ? StemOf(path) : target.stem;
  if (!named.folder.empty()) {
    std::filesystem::create_directories(named.folder);
  }
  std::vector<std::filesystem::path> written;
  for (const std::string& format : named.formats) {
    written.push_back(named.FileOf("", "." + format));
    WriteFileAtomically(written.back(), ReadFileBytes(drawing.folder() / (figure.name + "." + format)));
  }
  return written;
}

}  // namespace vffn
