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

constexpr size_t kMostWords = 60;    // of a panel
constexpr double kCloudsRoom = 6;    // beside all panels: the padding and a frame's line
constexpr double kGap = 10;          // between panels
constexpr double kInset = 3;         // from a panel's frame to its words
constexpr double kLeastPanel = 120;  // width of a panel, in the default font: else there are fewer columns

/// Heights of a panel and its surroundings.
struct PanelHeights {
  double title, panel, note;

  explicit PanelHeights(const FigureStyle& style)
      : title(17 * style.scale), panel(150 * style.stretch), note(12 * style.scale) {}

  double Pitch() const { return title + panel + note; }  ///< from one row of panels to the next
};

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
std::string AddWords(const CloudPanel& panel, size_t index, const Frame& frame, const FigureStyle& style,
                     TextMetrics& metrics, std::vector<DataRow>& rows, std::vector<std::string>& texts) {
  const double height = PanelHeights(style).panel;
  const std::vector<CloudWord> words = Heaviest(panel);
  std::vector<WeightedWord> weighted;
  for (const CloudWord& word : words) {
    weighted.push_back({.text = word.text, .weight = word.weight});
  }
  const LayoutArea area = {.width = frame.width - 2 * kInset,
                           .height = height - 2 * kInset,
                           .least_size = style.least_size(),
                           .greatest_size = std::max(height / 2.5, style.least_size())};
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

Figure MakeFigure(const WordCloudFigure& cloud, const FigureStyle& style) {
  CheckWords(cloud);
  TextMetrics metrics(style.font);
  const PanelHeights heights(style);
  const size_t count = cloud.panels.size();
  const double whole = std::floor(style.width.value_or(kTextWidth) - kCloudsRoom);
  const auto width_of = [&](size_t columns) {
    return std::floor((whole - kGap * static_cast<double>(columns - 1)) / static_cast<double>(columns));
  };
  size_t columns = count == 4 ? 2 : std::min<size_t>(count, 3);
  while (columns > 1 && width_of(columns) < kLeastPanel * style.scale) {
    --columns;
  }
  const double width = width_of(columns);

  Figure figure = style.Begin(cloud.name, cloud.caption, kTextWidth);
  Dataset words{.name = "words"}, panels{.name = "panels"};
  std::vector<size_t> indices;
  for (size_t i = 0; i < count; ++i) {
    const Frame frame = {.left = (width + kGap) * static_cast<double>(i % columns),
                         .top = heights.Pitch() * static_cast<double>(i / columns) + heights.title,
                         .width = width};
    const std::string note = AddWords(cloud.panels[i], i, frame, style, metrics, words.rows, figure.texts);
    panels.rows.push_back({{"title", cloud.panels[i].title},
                           {"note", note},
                           {"left", frame.left},
                           {"right", frame.left + width},
                           {"top", frame.top},
                           {"bottom", frame.top + heights.panel},
                           {"middle", frame.left + width / 2},
                           {"title_y", frame.top - 5 * style.scale},
                           {"note_y", frame.top + heights.panel + 10 * style.scale}});
    figure.texts.push_back(cloud.panels[i].title);
    if (!note.empty()) {
      figure.texts.push_back(note);
    }
    indices.push_back(i);
  }
  const size_t rows = (count + columns - 1) / columns;
  figure.datasets = {std::move(words), std::move(panels)};
  // Of a word, darker than those of lines.
  const std::vector<std::string> dark = {"#005A8C", "#A84800", "#00704F", "#8A3F6B", "#2F6F96", "#8A5F00"};
  const Palette& palette = style.palette;
  const ColourScale colours =
      palette.name.empty() ? ColourScale{.range = dark} : OrderedColours(palette, count, "panels");
  figure.specification =
      MakeSpecification(cloud.caption, kWordsVlJson,
                        {{"title", TitleJson(cloud.title, style.Note(cloud.note), whole, style, figure)},
                         {"width", whole},
                         {"height", heights.Pitch() * static_cast<double>(rows)},
                         {"panel_size", style.panel_size()},
                         {"note_size", style.token_size()},
                         {"panels", indices},
                         {"scheme", colours.scheme},
                         {"range", colours.range},
                         {"weight_name", cloud.weight_name}},
                        style);
  return figure;
}

}  // namespace vffn
