#include "tests/reports/figures/sample_figures.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace vffn {
namespace {

/// A number in 0..1 that looks random, the same everywhere.
double Noise(size_t i) {
  const double x = std::sin(static_cast<double>(i) * 12.9898 + 78.233) * 43758.5453;
  return x - std::floor(x);
}

const std::vector<std::string> kModels = {"354M", "720M"};

// What a tokenizer makes of a question, with pieces that are hard to draw.
const std::vector<std::string> kTokens = {
    "Question",     ":",        " Which", " of",      " these",  " would",        " help",
    " to",          " prevent", " inter", "national", "isation", " floods",       "?",
    "\n",           "Answer",   ":",      " plant",   " trees",  " \xE6\xB0\xB4", "\xF0\x9F",
    " caf\xC3\xA9", ",",        " \"x\""};

// The words of Figure 6 and others of ARC, and some of other scripts.
const std::vector<std::string> kWords = {"clean",
                                         "remove",
                                         "cut",
                                         "cup",
                                         "make",
                                         "use",
                                         "water",
                                         "will",
                                         "energy",
                                         "plant",
                                         "light",
                                         "animal",
                                         "heat",
                                         "earth",
                                         "soil",
                                         "temperature",
                                         "rock",
                                         "process",
                                         "sun",
                                         "air",
                                         "object",
                                         "force",
                                         "change",
                                         "material",
                                         "organism",
                                         "moon",
                                         "cell",
                                         "student",
                                         "measure",
                                         "food",
                                         "surface",
                                         "speed",
                                         "liquid",
                                         "weather",
                                         "ocean",
                                         "planet",
                                         "electric",
                                         "chemical",
                                         "gas",
                                         "mass",
                                         "fossil",
                                         "species",
                                         "habitat",
                                         "predator",
                                         "gravity",
                                         "volcano",
                                         "erosion",
                                         "glacier",
                                         "mineral",
                                         "oxygen",
                                         "carbon",
                                         "carbon-dioxide",
                                         "photosynthesis",
                                         "水",
                                         "太陽",
                                         "ماء",
                                         "naïve",
                                         "Ωmega",
                                         "jumping",
                                         "quickly",
                                         "pigment",
                                         "gypsum",
                                         "young",
                                         "eye",
                                         "ear",
                                         "day",
                                         "night",
                                         "year",
                                         "hour",
                                         "day's"};

std::string Wide(const std::string& name, FigureWidth width) {
  return name + (width == FigureWidth::kFull ? "-full" : "-column");
}

}  // namespace

LoopsFigure SampleLoops(size_t panels, bool histogram) {
  LoopsFigure figure{.name = "loops" + std::to_string(panels) + (histogram ? "-histogram" : ""),
                     .caption = "Mean loops per layer (made-up data).",
                     .interval = "95% interval, clustered by document",
                     .histogram = histogram};
  for (size_t p = 0; p < panels; ++p) {
    LoopsPanel panel{.title = kModels[p], .max_loops = 4};
    for (size_t layer = 0; layer < 15; ++layer) {
      const double x = static_cast<double>(layer) / 14;
      const double target = p == 0 ? 1.4 + 2.4 * std::pow(x, 4) : 1.3 + 2.2 * std::sin(3.14 * x);
      std::vector<double> shares;
      double sum = 0, mean = 0;
      for (int loops = 1; loops <= 4; ++loops) {
        shares.push_back(std::exp(-(loops - target) * (loops - target)));
        sum += shares.back();
      }
      for (int loops = 1; loops <= 4; ++loops) {
        shares[loops - 1] /= sum;
        mean += loops * shares[loops - 1];
      }
      const double error = 0.03 + 0.06 * Noise(layer + 20 * p);
      panel.layers.push_back({.mean = mean, .low = mean - error, .high = mean + error, .shares = shares});
    }
    figure.panels.push_back(panel);
  }
  return figure;
}

CosineFigure SampleCosine(size_t panels, size_t tokens) {
  CosineFigure figure{.name = "cosine" + std::to_string(panels) + "-" + std::to_string(tokens),
                      .caption = "Cosine similarity at layer 0 (made-up data)."};
  for (size_t p = 0; p < panels; ++p) {
    CosinePanel panel{.title = kModels[p]};
    for (size_t i = 0; i < tokens; ++i) {
      panel.tokens.push_back(kTokens[i % kTokens.size()]);
      for (size_t j = 0; j < tokens; ++j) {
        panel.cosine.push_back(i == j ? 0.85 + 0.1 * Noise(i) : 0.5 * Noise(i * tokens + j + p) - 0.05);
      }
    }
    figure.panels.push_back(panel);
  }
  return figure;
}

WordCloudFigure SampleWords(size_t panels) {
  WordCloudFigure figure{.name = "words" + std::to_string(panels),
                         .caption = "Words per bin of lambda (made-up data).",
                         .weight_name = "count"};
  for (size_t p = 0; p < panels; ++p) {
    const double lambda = static_cast<double>(p) / static_cast<double>(panels);
    CloudPanel panel{.title = "λ = " + std::to_string(lambda).substr(0, 4) + " (" +
                              std::to_string(panels - p) + (panels - p == 1 ? " loop)" : " loops)")};
    for (size_t i = 0; i < kWords.size(); ++i) {
      const auto rank = static_cast<double>((i + 17 * p) % kWords.size() + 1);
      const auto count = static_cast<int64_t>(400 / rank) + 2;
      panel.words.push_back({.text = kWords[i], .weight = static_cast<double>(count), .count = count});
    }
    figure.panels.push_back(panel);
  }
  return figure;
}

ParetoFigure SamplePareto() {
  ParetoFigure figure{.name = "pareto",
                      .caption = "Accuracy against executed FFN FLOPs (made-up intervals)."};
  const auto add = [&](const char* label, const char* series, bool published, double flops, double accuracy) {
    ParetoPoint point{
        .label = label, .series = series, .published = published, .flops = flops * 1e6, .accuracy = accuracy};
    if (!published) {
      point.accuracy_interval = ParetoInterval{accuracy - 0.007, accuracy + 0.007};
      point.flops_interval = ParetoInterval{flops * 0.97e6, flops * 1.03e6};
    }
    figure.points.push_back(point);
  };
  for (const bool published : {true, false}) {
    const double d = published ? 0 : -0.006;
    add("Base", "354M", published, 377, 0.4798 + d);
    add("MoE", "354M", published, 566, 0.5148 + d);
    add("2-Loop", "354M", published, 755, 0.5147 + d);
    add("4-Loop", "354M", published, 1510, 0.5195 + d);
    add("6-Loop", "354M", published, 2265, 0.5194 + d);
    add("VersatileFFN", "354M", published, 1245, 0.5233 + d);
    add("Base", "720M", published, 849, 0.5329 + d);
    add("MoE", "720M", published, 1274, 0.5587 + d);
    add("4-Loop", "720M", published, 3397, 0.5650 + d);
    add("6-Loop", "720M", published, 5096, 0.5655 + d);
    add("VersatileFFN", "720M", published, 2586, 0.5703 + d);
  }
  return figure;
}

CurvesFigure SampleCurves() {
  CurvesFigure figure{.name = "curves", .caption = "Training loss and accuracy (made-up data)."};
  const std::vector<std::string> names = {"4-choose-1", "8-choose-2", "8-choose-4", "16-choose-4"};
  figure.panels = {
      {.title = "(a) training loss", .x_title = "training tokens (billions)", .y_title = "loss"},
      {.title = "(b) accuracy", .x_title = "training tokens (billions)", .y_title = "accuracy (%)"}};
  for (size_t i = 0; i < names.size(); ++i) {
    Curve loss{.name = names[i]}, accuracy{.name = names[i]};
    for (int step = 1; step <= 80; ++step) {
      const double tokens = step / 2.0, shift = 0.02 * static_cast<double>(i == 0);
      loss.points.push_back(
          {.x = tokens, .y = 2.6 + shift + 1.2 * std::exp(-tokens / 6) + 0.02 * Noise(step + 100 * i)});
      if (step % 8 == 0) {
        const double y = 46 + 5 * (1 - std::exp(-tokens / 12)) + 0.4 * Noise(step + 7 * i);
        accuracy.points.push_back({.x = tokens, .y = y, .low = y - 0.6, .high = y + 0.6});
      }
    }
    figure.panels[0].curves.push_back(loss);
    figure.panels[1].curves.push_back(accuracy);
  }
  return figure;
}

ExpertLoadFigure SampleExperts(size_t panels) {
  ExpertLoadFigure figure{.name = "experts" + std::to_string(panels),
                          .caption = "Load of experts (made-up data)."};
  for (size_t p = 0; p < panels; ++p) {
    ExpertLoadPanel panel{.title = kModels[p]};
    for (size_t layer = 0; layer < 15; ++layer) {
      std::vector<double> shares;
      double sum = 0, entropy = 0;
      for (size_t expert = 0; expert < 8; ++expert) {
        shares.push_back(0.3 + Noise(layer * 8 + expert + p));
        sum += shares.back();
      }
      for (double& share : shares) {
        share /= sum;
        entropy -= share * std::log(share) / std::log(8.0);
      }
      panel.shares.push_back(shares);
      panel.entropy.push_back(entropy);
    }
    figure.panels.push_back(panel);
  }
  return figure;
}

std::vector<Figure> SampleFigures() {
  std::vector<Figure> figures;
  const auto add = [&](auto figure) {
    const std::string name = figure.name;
    for (const FigureWidth width : {FigureWidth::kColumn, FigureWidth::kFull}) {
      figure.name = Wide(name, width);
      figure.width = width;
      figures.push_back(MakeFigure(figure));
    }
  };
  add(SampleLoops(1, false));
  add(SampleLoops(2, false));
  add(SampleLoops(2, true));
  add(SampleCosine(1, 24));
  add(SampleCosine(2, 24));
  add(SampleCosine(2, 150));
  add(SampleWords(2));
  add(SampleWords(4));
  add(SampleWords(6));
  add(SamplePareto());
  add(SampleCurves());
  add(SampleExperts(1));
  add(SampleExperts(2));
  return figures;
}

}  // namespace vffn
