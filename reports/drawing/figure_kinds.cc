#include "reports/drawing/figure_kinds.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/near_names.h"

namespace vffn {
namespace {

constexpr FigureKind kKinds[] = {
    {.name = "loops",
     .shows = "Figure 4: mean loops of each layer and shares of loop counts.",
     .needs = "a trace of VersatileFFN",
     .of_trace = true,
     .many_layers = true,
     .logarithmic = true},
    {.name = "experts",
     .shows = "Load of every expert in each layer, and its entropy.",
     .needs = "a trace of MoE or VersatileFFN",
     .of_trace = true,
     .many_layers = true},
    {.name = "cosine",
     .shows =
         "Figure 5: cosine of width and depth branch, a curve over the layers; with --doc the heat map of "
         "one doc at one layer.",
     .needs = "a trace with --trace_branches; for --doc with --trace_features",
     .of_trace = true,
     .many_layers = true,
     .one_layer = true},
    {.name = "words",
     .shows = "Figure 6: word clouds by lambda of one layer.",
     .needs = "a trace of VersatileFFN",
     .of_trace = true,
     .one_layer = true},
    {.name = "tokens",
     .shows = "Rank correlation of loops with surprisal, frequency, position and correctness.",
     .needs = "a trace of VersatileFFN",
     .of_trace = true},
    {.name = "skills",
     .shows = "Mean loops and lambda of each task or category.",
     .needs = "a trace of VersatileFFN",
     .of_trace = true},
    {.name = "reliability",
     .shows = "Accuracy of answers against their confidence, a panel for each task.",
     .needs = "runs with a ledger"},
    {.name = "pareto",
     .shows = "Average accuracy against FFN FLOPs per token; the axis of FLOPs is always logarithmic.",
     .needs = "runs with results"},
    {.name = "training-loss",
     .shows = "Figure 3: losses and accuracy during training.",
     .needs = "folders of vffn train, or a CSV log",
     .logarithmic = true},
    {.name = "training-differences",
     .shows = "Losses less those of the first run.",
     .needs = "two folders of vffn train or more"},
    {.name = "training-optimizer",
     .shows = "Learning rate, gradient norm, tau and balance loss.",
     .needs = "folders of vffn train",
     .logarithmic = true},
    {.name = "training-adaptive",
     .shows = "Loops, lambda and heaviest expert during training.",
     .needs = "folders of vffn train"},
    {.name = "training-speed",
     .shows = "Tokens per second, share of the peak, memory.",
     .needs = "folders of vffn train"},
    {.name = "training-layers",
     .shows = "Loops, lambda and heaviest expert of each layer during training.",
     .needs = "one folder of vffn train"},
    {.name = "training-loops",
     .shows = "Shares of loop counts of each layer during training.",
     .needs = "one folder of vffn train"},
    {.name = "training-experts",
     .shows = "Load of every expert at the end of training.",
     .needs = "one folder of vffn train"}};

}  // namespace

std::span<const FigureKind> FigureKinds() { return kKinds; }

const FigureKind& FindFigureKind(std::string_view name) {
  const auto found = std::ranges::find(kKinds, name, &FigureKind::name);
  if (found == std::end(kKinds)) {
    std::vector<std::string> names;
    for (const FigureKind& kind : kKinds) {
      names.emplace_back(kind.name);
    }
    Fail("there is no figure \"", name, "\"", DidYouMeanOneOf(name, names),
         "; `vffn figure list` explains them");
  }
  return *found;
}

}  // namespace vffn
