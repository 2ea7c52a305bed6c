#include "reports/figures/word_cloud_figure.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "reports/figures/figure_style.h"
#include "reports/figures/text_metrics.h"
#include "reports/figures/word_layout.h"
#include "text/utf8.h"

namespace vffn {
namespace {

constexpr double kGap = 10;        // between panels
constexpr double kTitleRoom = 17;  // above a panel
constexpr double kNoteRoom = 12;   // below it, for what was left out
constexpr double kInset = 3;       // from a panel's frame to its words
// The series' colours, darkened where small words would be too pale on white.
constexpr std::string_view kWordColors[] = {"#005A8C", "#A84800", "#00704F", "#8A3F6B", "#2F6F96", "#8A5F00"};

struct Frame {
  double left, top, width, height;
};

size_t ColumnsOf(const WordCloudFigure& cloud) {
  const size_t widest = cloud.width == FigureWidth::kFull ? 3 : 2;
  const size_t count = cloud.panels.size();
  return count == 4 ? 2 : std::min(count, widest);
}

std::vector<WeightedWord> Heaviest(const CloudPanel& panel, size_t max_words) {
  std::vector<CloudWord> words = panel.words;
  std::ranges::sort(words, [](const CloudWord& a, const CloudWord& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.text < b.text;
  });
  words.resize(std::min(words.size(), max_words));
  std::vector<WeightedWord> heaviest;
  for (CloudWord& word : words) {
    heaviest.push_back({.text = std::move(word.text), .weight = word.weight});
  }
  return heaviest;
}

double Tenths(double value) { return std::round(value * 10) / 10; }

/// Rows of one panel's words, and the note below it.
std::string AddWords(const WordCloudFigure& cloud, size_t index, const Frame& frame, TextMetrics& metrics,
                     OrderedJson& rows, std::vector<std::string>& texts) {
  const CloudPanel& panel = cloud.panels[index];
  const std::vector<WeightedWord> words = Heaviest(panel, cloud.max_words);
  const LayoutArea area = {.width = frame.width - 2 * kInset,
                           .height = frame.height - 2 * kInset,
                           .least_size = kLeastSize,
                           .greatest_size = frame.height / 2.5};
  const WordLayout layout = LayOutWords(words, area, metrics);
  const auto row_of = [&](size_t i) {
    OrderedJson row = {
        {"panel", index}, {"bin", panel.title}, {"word", words[i].text}, {"weight", words[i].weight}};
    const auto given = std::ranges::find(panel.words, words[i].text, &CloudWord::text);
    if (given->count.has_value()) {
      row["count"] = *given->count;
    }
    return row;
  };
  for (const PlacedWord& word : layout.words) {
    OrderedJson row = row_of(word.index);
    row["x"] = Tenths(frame.left + kInset + word.x);
    row["y"] = Tenths(frame.top + kInset + word.y);
    row["font_size"] = word.font_size;
    row["font"] = metrics.Measure(words[word.index].text).font;
    rows.push_back(std::move(row));
    texts.push_back(words[word.index].text);
  }
  for (const std::vector<size_t>& left_out : {layout.no_room, layout.no_glyphs}) {
    for (const size_t i : left_out) {
      rows.push_back(row_of(i));
    }
  }
  std::string note;
  if (!layout.no_room.empty()) {
    note =
        std::to_string(layout.no_room.size()) + " of " + std::to_string(words.size()) + " words had no room";
  }
  if (!layout.no_glyphs.empty()) {
    note += (note.empty() ? "" : "; ") + std::to_string(layout.no_glyphs.size()) + " have no installed font";
  }
  return words.empty() ? "no words" : note;
}

/// An encoding of a place that is already in pixels.
OrderedJson Pixel(const char* field) {
  return {{"field", field}, {"type", "quantitative"}, {"scale", nullptr}, {"axis", nullptr}};
}

OrderedJson FrameLayer() {
  return {{"data", Dataset("panels")},
          {"mark", {{"type", "rect"}, {"fill", nullptr}, {"stroke", kRule}, {"strokeWidth", 0.8}}},
          {"encoding",
           {{"x", Pixel("left")},
            {"x2", {{"field", "right"}}},
            {"y", Pixel("top")},
            {"y2", {{"field", "bottom"}}}}}};
}

OrderedJson LineLayer(const char* field, const char* y, double size, bool bold) {
  return {{"data", Dataset("panels")},
          {"mark",
           {{"type", "text"},
            {"align", "center"},
            {"baseline", "alphabetic"},
            {"fontSize", size},
            {"fontWeight", bold ? "bold" : "normal"},
            {"color", bold ? kInk : kQuietInk}}},
          {"encoding", {{"x", Pixel("middle")}, {"y", Pixel(y)}, {"text", {{"field", field}}}}}};
}

OrderedJson WordLayer(const WordCloudFigure& cloud) {
  OrderedJson colors = OrderedJson::array(), panels = OrderedJson::array();
  for (size_t i = 0; i < cloud.panels.size(); ++i) {
    panels.push_back(i);
    colors.push_back(kWordColors[i % std::size(kWordColors)]);
  }
  OrderedJson tooltip = {
      {{"field", "word"}},
      {{"field", "weight"}, {"type", "quantitative"}, {"title", cloud.weight_name}, {"format", ".4~g"}}};
  if (!cloud.panels.empty() && !cloud.panels[0].words.empty() && cloud.panels[0].words[0].count.has_value()) {
    tooltip.push_back({{"field", "count"}, {"type", "quantitative"}});
  }
  return {
      {"data", Dataset("words")},
      {"transform", {{{"filter", {{"field", "font_size"}, {"valid", true}}}}}},
      {"mark",
       {{"type", "text"},
        {"align", "center"},
        {"baseline", "alphabetic"},
        {"font", {{"expr", "datum.font"}}}}},
      {"encoding",
       {{"x", Pixel("x")},
        {"y", Pixel("y")},
        {"text", {{"field", "word"}}},
        {"size", {{"field", "font_size"}, {"type", "quantitative"}, {"scale", nullptr}, {"legend", nullptr}}},
        {"color",
         {{"field", "panel"},
          {"type", "nominal"},
          {"scale", {{"domain", panels}, {"range", colors}}},
          {"legend", nullptr}}},
        {"tooltip", tooltip}}}};
}

}  // namespace

Figure MakeFigure(const WordCloudFigure& cloud) {
  VFFN_CHECK(!cloud.panels.empty() && cloud.panels.size() <= 8, "the word cloud has ", cloud.panels.size(),
             " panels: it takes 1 to 8");
  for (const CloudPanel& panel : cloud.panels) {
    for (const CloudWord& word : panel.words) {
      CheckUtf8(word.text);
      VFFN_CHECK(!word.text.empty() && word.text.find_first_of("\r\n\t ") == std::string::npos,
                 "word cloud: \"", word.text, "\" is not one word");
    }
  }
  TextMetrics metrics;
  const size_t columns = ColumnsOf(cloud);
  const double total = std::floor(PixelsOf(cloud.width)) - 6;  // the padding and a frame's line
  const double width =
      std::floor((total - kGap * static_cast<double>(columns - 1)) / static_cast<double>(columns));
  const double pitch = kTitleRoom + cloud.panel_height + kNoteRoom;

  Figure figure{.name = cloud.name, .caption = cloud.caption, .width = cloud.width};
  OrderedJson words = OrderedJson::array(), panels = OrderedJson::array();
  for (size_t i = 0; i < cloud.panels.size(); ++i) {
    const Frame frame = {.left = (width + kGap) * static_cast<double>(i % columns),
                         .top = pitch * static_cast<double>(i / columns) + kTitleRoom,
                         .width = width,
                         .height = cloud.panel_height};
    const std::string note = AddWords(cloud, i, frame, metrics, words, figure.texts);
    panels.push_back({{"title", cloud.panels[i].title},
                      {"note", note},
                      {"left", frame.left},
                      {"right", frame.left + frame.width},
                      {"top", frame.top},
                      {"bottom", frame.top + frame.height},
                      {"middle", frame.left + frame.width / 2},
                      {"title_y", frame.top - 5},
                      {"note_y", frame.top + frame.height + 10}});
    figure.texts.push_back(cloud.panels[i].title);
    if (!note.empty()) {
      figure.texts.push_back(note);
    }
  }
  figure.spec = MakeSpec(cloud.caption);
  if (!cloud.title.empty()) {
    figure.spec["title"] = PanelTitle(cloud.title, total, figure);
  }
  figure.spec["width"] = total;
  figure.spec["height"] =
      pitch * std::ceil(static_cast<double>(cloud.panels.size()) / static_cast<double>(columns));
  figure.spec["datasets"] = {{"words", std::move(words)}, {"panels", std::move(panels)}};
  figure.spec["layer"] = {FrameLayer(), LineLayer("title", "title_y", kPanelSize, true),
                          LineLayer("note", "note_y", kLeastSize + 0.5, false), WordLayer(cloud)};
  return figure;
}

}  // namespace vffn
