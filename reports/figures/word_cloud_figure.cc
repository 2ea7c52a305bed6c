#include "reports/figures/word_cloud_figure.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "reports/figures/figure_style.h"
#include "reports/figures/figure_template.h"
#include "reports/figures/templates/words.vl.json.h"
#include "reports/figures/word_layout.h"
#include "text/utf8.h"

namespace vffn {
namespace {

constexpr size_t kMostWords = 60;     // of a panel
constexpr double kCloudsWidth = 646;  // of all panels: both columns without the padding and a frame's line
constexpr double kPanelHeight = 150;
constexpr double kGap = 10;                                       // between panels
constexpr double kTitleRoom = 17;                                 // above a panel
constexpr double kNoteRoom = 12;                                  // below it, for what was left out
constexpr double kPitch = kTitleRoom + kPanelHeight + kNoteRoom;  // from one row of panels to the next
constexpr double kInset = 3;                                      // from a panel's frame to its words

struct Frame {
  double left, top, width;
};

/// The heaviest first; ties by text.
std::vector<CloudWord> Heaviest(const CloudPanel& panel) {
  std::vector<CloudWord> words = panel.words;
  std::ranges::sort(words, [](const CloudWord& a, const CloudWord& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.text < b.text;
  });
  words.resize(std::min(words.size(), kMostWords));
  return words;
}

double Tenths(double value) { return std::round(value * 10) / 10; }

std::string NoteOf(const WordLayout& layout, size_t words) {
  if (words == 0) {
    return "no words";
  }
  std::string note;
  if (!layout.no_room.empty()) {
    note = std::to_string(layout.no_room.size()) + " of " + std::to_string(words) + " words had no room";
  }
  if (!layout.no_glyphs.empty()) {
    note += (note.empty() ? "" : "; ") + std::to_string(layout.no_glyphs.size()) + " have no installed font";
  }
  return note;
}

/// Adds the rows of one panel's words. Returns the note below the panel.
std::string AddWords(const CloudPanel& panel, size_t index, const Frame& frame, TextMetrics& metrics,
                     std::vector<DataRow>& rows, std::vector<std::string>& texts) {
  const std::vector<CloudWord> words = Heaviest(panel);
  std::vector<WeightedWord> weighted;
  for (const CloudWord& word : words) {
    weighted.push_back({.text = word.text, .weight = word.weight});
  }
  const LayoutArea area = {.width = frame.width - 2 * kInset,
                           .height = kPanelHeight - 2 * kInset,
                           .least_size = kLeastSize,
                           .greatest_size = kPanelHeight / 2.5};
  const WordLayout layout = LayOutWords(weighted, area, metrics);
  const auto add_row = [&](size_t i) -> DataRow& {
    return rows.emplace_back(DataRow{{"panel", index},
                                     {"bin", panel.title},
                                     {"word", words[i].text},
                                     {"weight", words[i].weight},
                                     {"count", words[i].count}});
  };
  for (const PlacedWord& word : layout.words) {
    DataRow& row = add_row(word.index);
    row.emplace_back("x", Tenths(frame.left + kInset + word.x));
    row.emplace_back("y", Tenths(frame.top + kInset + word.y));
    row.emplace_back("font_size", word.font_size);
    row.emplace_back("font", metrics.Measure(words[word.index].text).font);
    texts.push_back(words[word.index].text);
  }
  for (const std::vector<size_t>& left_out : {layout.no_room, layout.no_glyphs}) {
    std::ranges::for_each(left_out, add_row);
  }
  return NoteOf(layout, words.size());
}

void CheckWords(const WordCloudFigure& cloud) {
  VFFN_CHECK(!cloud.panels.empty() && cloud.panels.size() <= 8, "the word cloud has ", cloud.panels.size(),
             " panels: it takes 1 to 8");
  for (const CloudPanel& panel : cloud.panels) {
    for (const CloudWord& word : panel.words) {
      CheckUtf8(word.text);
      VFFN_CHECK(!word.text.empty() && word.text.find_first_of("\r\n\t ") == std::string::npos,
                 "word cloud: \"", word.text, "\" is not one word");
    }
  }
}

}  // namespace

Figure MakeFigure(const WordCloudFigure& cloud) {
  CheckWords(cloud);
  TextMetrics metrics;
  const size_t count = cloud.panels.size();
  const size_t columns = count == 4 ? 2 : std::min<size_t>(count, 3);
  const double width =
      std::floor((kCloudsWidth - kGap * static_cast<double>(columns - 1)) / static_cast<double>(columns));

  Figure figure{.name = cloud.name, .caption = cloud.caption, .width = FigureWidth::kFull};
  Dataset words{.name = "words"}, panels{.name = "panels"};
  std::vector<size_t> indices;
  for (size_t i = 0; i < count; ++i) {
    const Frame frame = {.left = (width + kGap) * static_cast<double>(i % columns),
                         .top = kPitch * static_cast<double>(i / columns) + kTitleRoom,
                         .width = width};
    const std::string note = AddWords(cloud.panels[i], i, frame, metrics, words.rows, figure.texts);
    panels.rows.push_back({{"title", cloud.panels[i].title},
                           {"note", note},
                           {"left", frame.left},
                           {"right", frame.left + width},
                           {"top", frame.top},
                           {"bottom", frame.top + kPanelHeight},
                           {"middle", frame.left + width / 2},
                           {"title_y", frame.top - 5},
                           {"note_y", frame.top + kPanelHeight + 10}});
    figure.texts.push_back(cloud.panels[i].title);
    if (!note.empty()) {
      figure.texts.push_back(note);
    }
    indices.push_back(i);
  }
  const size_t rows = (count + columns - 1) / columns;
  figure.datasets = {std::move(words), std::move(panels)};
  figure.specification = MakeSpecification(cloud.caption, kWordsVlJson,
                                           {{"title", PanelTitle(cloud.title, kCloudsWidth, figure)},
                                            {"width", kCloudsWidth},
                                            {"height", kPitch * static_cast<double>(rows)},
                                            {"panel_size", kPanelSize},
                                            {"panels", indices},
                                            {"weight_name", cloud.weight_name}});
  return figure;
}

}  // namespace vffn
