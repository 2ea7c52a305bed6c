#include "reports/drawing/drawing_files.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/file_bytes.h"
#include "reports/drawing/panel_drawing.h"
#include "reports/figures/figure_files.h"
#include "reports/tables/latex_text.h"
#include "reports/tables/number_text.h"

namespace vffn {
namespace {

const std::vector<std::string> kFigureFormats = {"svg", "pdf", "png"};

bool IsFigureFormat(const std::string& name) {
  return std::ranges::find(kFigureFormats, name) != kFigureFormats.end();
}

std::string CaptionOf(const Figure& figure, const std::vector<std::string>& facts) {
  std::vector<std::string> texts = {figure.caption};
  texts.insert(texts.end(), facts.begin(), facts.end());
  return JoinSentences(texts);
}

/// Names for the TeX label: letters, digits, ':' and '-'.
std::string LabelOf(std::string stem) {
  std::ranges::replace_if(
      stem,
      [](char c) { return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')); },
      '-');
  return "fig:" + stem;
}

/// Whether somebody who ends a path like this means a picture that cannot be drawn: "loops.eps", "loops.PDF".
bool IsOtherPicture(std::string ending) {
  constexpr std::array kOthers = {".svg",  ".pdf", ".png", ".eps",  ".ps",   ".jpg",
                                  ".jpeg", ".gif", ".tif", ".tiff", ".webp", ".html"};
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::ranges::find(kOthers, ending) != kOthers.end();
}

}  // namespace

FigureTarget ParseTarget(const std::filesystem::path& output, const std::vector<std::string>& formats) {
  for (const std::string& format : formats) {
    VFFN_CHECK(IsFigureFormat(format), "--file_format ", format, ": choose from ",
               JoinedText(kFigureFormats, ", "));
  }
  FigureTarget target{.folder = output, .formats = formats.empty() ? kFigureFormats : formats};
  std::string ending = output.extension().string();
  if (!ending.empty() && IsFigureFormat(ending.substr(1)) && !std::filesystem::is_directory(output)) {
    ending.erase(0, 1);
    VFFN_CHECK(formats.empty() || formats == std::vector{ending}, "--output ", output.string(),
               " is one file in ", ending, ", but --file_format asks for ", JoinedText(formats, ", "),
               "; name a folder for several");
    target = {.folder = output.parent_path(), .stem = output.stem().string(), .formats = {ending}};
  }
  VFFN_CHECK(!target.stem.empty() || std::filesystem::is_directory(output) || !IsOtherPicture(ending),
             "--output ", output.string(), ": pictures are written as ", JoinedText(kFigureFormats, ", "),
             ": name a file with such an ending, or a folder");
  VFFN_CHECK(target.folder.empty() || !std::filesystem::exists(target.folder) ||
                 std::filesystem::is_directory(target.folder),
             "--output ", output.string(), ": ", target.folder.string(), " is a file, not a folder");
  return target;
}

std::vector<std::filesystem::path> WriteFigureFiles(const Figure& figure,
                                                    const std::vector<std::string>& facts,
                                                    const FigureTarget& target) {
  const DrawnFigures drawn({&figure, 1});
  const std::string caption = CaptionOf(figure, facts);
  const std::string stem = target.stem.empty() ? figure.name : target.stem;
  std::vector<std::pair<std::string, std::string>> contents;  // by ending, pictures first
  const auto add_drawn = [&](const std::string& ending) {
    contents.emplace_back(ending, ReadFileBytes(drawn.folder() / (figure.name + ending)));
  };
  for (const std::string& format : target.formats) {
    add_drawn("." + format);
  }
  contents.emplace_back(".txt", caption + "\n");
  contents.emplace_back(".tex", "\\caption{" + LatexText(caption) + "}\n\\label{" + LabelOf(stem) + "}\n");
  add_drawn(".vl.json");
  for (const Dataset& dataset : figure.datasets) {
    add_drawn(&dataset == &figure.datasets.front() ? ".csv" : "." + dataset.name + ".csv");
  }
  if (!target.folder.empty()) {
    std::error_code error;
    std::filesystem::create_directories(target.folder, error);
    VFFN_CHECK(!error, target.folder.string(), ": cannot be made: ", error.message());
  }
  std::vector<std::filesystem::path> written;
  for (const auto& [ending, bytes] : contents) {
    written.push_back(target.FileOf(figure.name, ending));
    WriteFileAtomically(written.back(), bytes);
  }
  return written;
}

}  // namespace vffn
