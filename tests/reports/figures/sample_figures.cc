#include "tests/reports/figures/sample_figures.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <sstream>
#include <string>

namespace vffn {
namespace {

/// A number in 0..1 that looks random, the same everywhere.
double Noise(size_t i) {
  const double x = std::sin(static_cast<double>(i) * 12.9898 + 78.233) * 43758.5453;
  return x - std::floor(x);
}

constexpr const char* kModel = "354M";

// What a tokenizer makes of a question, with pieces that are hard to draw.
const std::vector<std::string> kTokens = {
    "Question",     ":",        " Which", " of",      " these",  " would",        " help",
    " to",          " prevent", " inter", "national", "isation", " floods",       "?",
    "\n",           "Answer",   ":",      " plant",   " trees",  " \xE6\xB0\xB4", "\xF0\x9F",
    " caf\xC3\xA9", ",",        " \"x\""};

// The words of Figure 6 and others of ARC, and some of other scripts.
// The words of Figure 6 and others of ARC, and some of other scripts.
constexpr const char* kWords =
    "clean remove cut cup make use water will energy plant light animal heat earth soil temperature "
    "rock process sun air object force change material organism moon cell student measure food "
    "surface speed liquid weather ocean planet electric chemical gas mass fossil species habitat "
    "predator gravity volcano erosion glacier mineral oxygen carbon carbon-dioxide photosynthesis "
    "水 太陽 ماء naïve Ωmega jumping quickly pigment gypsum young eye ear day night year "
    "hour day's";

std::vector<std::string> WordsOf(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

}  // namespace

LoopsFigure SampleLoops() {
  LoopsFigure figure{.caption = "Mean loops per layer (made-up data).", .model = kModel, .max_loops = 4};
  for (size_t layer = 0; layer < 15; ++layer) {
    const double x = static_cast<double>(layer) / 14;
    const double target = 1.4 + 2.4 * std::pow(x, 4);
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
    const double error = 0.03 + 0.06 * Noise(layer);
    figure.layers.push_back({.mean = mean, .low = mean - error, .high = mean + error, .shares = shares});
  }
  return figure;
}

CosineFigure SampleCosine(size_t tokens) {
  CosineFigure figure{.name = "cosine-" + std::to_string(tokens),
                      .caption = "Cosine similarity at layer 0 (made-up data).",
                      .model = kModel};
  for (size_t i = 0; i < tokens; ++i) {
    figure.tokens.push_back(kTokens[i % kTokens.size()]);
    for (size_t j = 0; j < tokens; ++j) {
      figure.cosine.push_back(i == j ? 0.85 + 0.1 * Noise(i) : 0.5 * Noise(i * tokens + j) - 0.05);
    }
  }
  return figure;
}

WordCloudFigure SampleWords(size_t panels) {
  const std::vector<std::string> words = WordsOf(kWords);
  WordCloudFigure figure{.name = "words-" + std::to_string(panels),
                         .title = kModel,
                         .caption = "Words per bin of lambda (made-up data).",
                         .weight_name = "count"};
  for (size_t p = 0; p < panels; ++p) {
    const double lambda = static_cast<double>(p) / static_cast<double>(panels);
    CloudPanel panel{.title = "λ = " + std::to_string(lambda).substr(0, 4) + " (" +
                              std::to_string(panels - p) + (panels - p == 1 ? " loop)" : " loops)")};
    for (size_t i = 0; i < words.size(); ++i) {
      const auto rank = static_cast<double>((i + 17 * p) % words.size() + 1);
      const auto count = static_cast<int64_t>(400 / rank) + 2;
      panel.words.push_back({.text = words[i], .weight = static_cast<double>(count), .count = count});
    }
    figure.panels.push_back(panel);
  }
  return figure;
}

ParetoFigure SamplePareto() {
  ParetoFigure figure{.caption = "Accuracy against executed FFN FLOPs (made-up intervals)."};
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
  CurvesFigure figure{.caption = "Training loss and accuracy (made-up data)."};
  const std::vector<std::string> names = {"4-choose-1", "8-choose-2", "8-choose-4", "16-choose-4"};
  figure.panels = {{.x_title = "training tokens (billions)", .y_title = "loss"},
                   {.x_title = "training tokens (billions)", .y_title = "accuracy (%)"}};
  for (size_t i = 0; i < names.size(); ++i) {
    Curve loss{.name = names[i]}, accuracy{.name = names[i]};
    for (int step = 1; step <= 80; ++step) {
      const double tokens = step / 2.0, shift = 0.02 * static_cast<double>(i == 0);
      loss.points.push_back(
          {.x = tokens, .y = 2.6 + shift + 1.2 * std::exp(-tokens / 6) + 0.02 * Noise(step + 100 * i)});
      if (step % 8 == 0) {
        const double y = 46 + 5 * (1 - std::exp(-tokens / 12)) + 0.4 * Noise(step + 7 * i);
        accuracy.points.push_back({.x = tokens, .y = y});
      }
    }
    figure.panels[0].curves.push_back(loss);
    figure.panels[1].curves.push_back(accuracy);
  }
  return figure;
}

ExpertLoadFigure SampleExperts() {
  ExpertLoadFigure figure{.caption = "Load of experts (made-up data).", .model = kModel};
  for (size_t layer = 0; layer < 15; ++layer) {
    std::vector<double> shares;
    double sum = 0, entropy = 0;
    for (size_t expert = 0; expert < 8; ++expert) {
      shares.push_back(0.3 + Noise(layer * 8 + expert));
      sum += shares.back();
    }
    for (double& share : shares) {
      share /= sum;
      entropy -= share * std::log(share) / std::log(8.0);
    }
    figure.shares.push_back(shares);
    figure.entropy.push_back(entropy);
  }
  return figure;
}

GroupMeansFigure SampleGroups() {
  GroupMeansFigure figure{.name = "skills",
                          .caption = "Mean loops and lambda by skill (made-up data).",
                          .model = kModel,
                          .groups = {"arithmetic", "code: python", "logical reasoning", "string operations",
                                     "a name that is much longer than the room that a label has"},
                          .panels = {{.title = "mean loops"}, {.title = "mean lambda"}}};
  for (size_t i = 0; i < figure.groups.size(); ++i) {
    const double mean = 2 + Noise(i), error = 0.05 + 0.2 * Noise(i + 50);
    figure.panels[0].points.push_back({.mean = mean, .low = mean - error, .high = mean + error});
    figure.panels[1].points.push_back({.mean = 1 - mean / 4});
  }
  figure.panels[0].points[3] = {.mean = 2.2};  // one document
  return figure;
}

ReliabilityFigure SampleReliability(size_t panels) {
  ReliabilityFigure figure{.name = "reliability", .caption = "Reliability diagrams (made-up data)."};
  for (size_t panel = 0; panel < panels; ++panel) {
    ReliabilityPanel& one =
        figure.panels.emplace_back(ReliabilityPanel{.title = "task_" + std::to_string(panel)});
    for (size_t bin = 4; bin < 15; ++bin) {
      const double confidence = (static_cast<double>(bin) + 0.5) / 15;
      const double accuracy = confidence * (0.6 + 0.4 * Noise(7 * panel + bin));
      one.bins.push_back({.confidence = confidence,
                          .accuracy = accuracy,
                          .low = 0.8 * accuracy,
                          .high = 1 - 0.8 * (1 - accuracy),
                          .questions = static_cast<int64_t>(1 + 200 * Noise(bin + 9))});
    }
  }
  return figure;
}

std::vector<Figure> SampleFigures() {
  std::vector<Figure> figures;
  const auto add = [&](const auto& figure, const std::string& name) {
    figures.push_back(MakeFigure(figure));
    figures.back().name = name;
  };
  LoopsFigure loops = SampleLoops();
  add(loops, "loops");
  for (LoopsBar& bar : loops.layers) {
    bar.low.reset();
    bar.high.reset();
  }
  add(loops, "loops-bare");
  for (const size_t tokens : {24, 60, 150}) {
    add(SampleCosine(tokens), "cosine-" + std::to_string(tokens));
  }
  for (const size_t panels : {1, 2, 4, 6, 8}) {
    add(SampleWords(panels), "words-" + std::to_string(panels));
  }
  ParetoFigure pareto = SamplePareto();
  add(pareto, "pareto");
  std::erase_if(pareto.points, [](const ParetoPoint& point) { return !point.published; });
  add(pareto, "pareto-published");
  CurvesFigure curves = SampleCurves();
  add(curves, "training");
  curves.panels.pop_back();
  add(curves, "training-1");
  ExpertLoadFigure experts = SampleExperts();
  add(experts, "experts");
  experts.entropy.clear();
  add(experts, "experts-bare");
  GroupMeansFigure groups = SampleGroups();
  add(groups, "skills");
  groups.panels.pop_back();
  add(groups, "skills-bare");
  for (const size_t panels : {1, 3, 9}) {
    add(SampleReliability(panels), "reliability-" + std::to_string(panels));
  }
  return figures;
}

}  // namespace vffn
