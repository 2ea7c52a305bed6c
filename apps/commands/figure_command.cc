#include <algorithm>
#include <iostream>
#include <iterator>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/options/shared_options.h"
#include "base/error.h"
#include "reports/drawing/drawing_files.h"
#include "reports/drawing/layer_list.h"
#include "reports/drawing/length.h"
#include "reports/drawing/prepared_figure.h"
#include "reports/drawing/saved_figure.h"
#include "reports/drawing/size_search.h"
#include "reports/figures/palette.h"
#include "reports/figures/renderer.h"
#include "reports/figures/text_metrics.h"
#include "reports/tables/number_text.h"

namespace vffn {
namespace {

constexpr double kPixelsPerPoint = 96.0 / 72;

struct FigureOptions {
  FigureRequest request;
  std::vector<std::string> inputs, names, formats;
  std::string output = "figures", width, height, font = std::string(kFigureFont), palette, layers;
  std::string sharing = "once", part = "all", weight = "count", by = "task", binning = "width";
  double font_size = FigureStyle().label_size() / kPixelsPerPoint;
  bool no_title = false, no_note = false, logarithmic = false;
};

FigureSize SizeOf(const FigureOptions& options) {
  FigureSize size;
  if (!options.width.empty()) {
    size.width = ParseLength(options.width, "--width");
  }
  if (!options.height.empty()) {
    size.height = ParseLength(options.height, "--height");
  }
  return size;
}

FigureStyle StyleOf(const FigureOptions& options) {
  FigureStyle style{.font = options.font,
                    .title = !options.no_title,
                    .note = !options.no_note,
                    .logarithmic = options.logarithmic};
  style.scale = options.font_size * kPixelsPerPoint / style.label_size();
  if (!options.palette.empty()) {
    style.palette = ParsePalette(options.palette);
  }
  const TextMetrics font_is_there(style.font);
  return style;
}

void CheckLogarithmic(const FigureKind& kind) {
  std::vector<std::string> others;
  for (const FigureKind& other : FigureKinds()) {
    if (other.logarithmic) {
      others.emplace_back(other.name);
    }
  }
  VFFN_CHECK(kind.logarithmic, "--log: a figure of ", kind.name,
             " has no axis that it could make logarithmic; ", JoinedText(others, ", "), " have one");
}

FigureRequest RequestOf(const FigureOptions& options, const FigureKind& kind) {
  FigureRequest request = options.request;
  request.kind = kind.name;
  request.inputs.assign(options.inputs.begin(), options.inputs.end());
  for (const Counting& counting : kCountings) {
    if (NameOf(counting.sharing) == options.sharing && NameOf(counting.part) == options.part) {
      request.counting = counting;
    }
  }
  request.names = Renaming(options.names);
  request.layers = ParseLayerList(options.layers, "--layers");
  request.weight = options.weight == "count" ? WordWeight::kCount : WordWeight::kLogOdds;
  request.skills.by = options.by == "task" ? LoopGrouping::kTask : LoopGrouping::kCategory;
  Parse(options.binning, "--binning", request.calibration.binning);
  return request;
}

void PrintWritten(const std::vector<std::filesystem::path>& paths) {
  for (const std::filesystem::path& path : paths) {
    std::cout << "wrote " << path.string() << '\n';
  }
}

void DrawFigure(const FigureOptions& options, const FigureKind& kind) {
  // What can be checked without the inputs comes first: they may take a while to read.
  const FigureTarget target = ParseTarget(options.output, options.formats);
  const FigureSize size = SizeOf(options);
  const FigureStyle style = StyleOf(options);
  if (options.logarithmic) {
    CheckLogarithmic(kind);
  }
  CheckRenderer();
  const PreparedFigure prepared = PrepareFigure(RequestOf(options, kind));
  PrintWritten(WriteFigureFiles(DrawInSize(prepared.draw, style, size), prepared.facts, target));
}

void AddOutputOptions(FigureOptions& options, Command& command) {
  command.BeginGroup("Output");
  command.Add("--output,--output_path PATH", &options.output,
              "Folder, or a file that ends in .svg, .pdf or .png. The caption (.txt, .tex), the data (.csv) "
              "and the specification (.vl.json) are written beside it.");
  command.Add("--file_format NAME", &options.formats, "Formats of the picture: svg, pdf, png.")
      .SeparatedByCommas()
      .Default("all three, or that of --output");
}

void AddStyleOptions(FigureOptions& options, Command& command) {
  command.BeginGroup("Style");
  std::string names;
  for (const NamedLength& length : NamedLengths()) {
    names += ", " + length.name + " (" + length.what + ")";
  }
  command
      .Add("--width LENGTH", &options.width,
           "Width of the picture: 80mm, 8cm, 3.3in, 240pt, 300px; without a unit, millimetres" + names + ".")
      .Default("the figure's own");
  command.Add("--height LENGTH", &options.height, "Height of the picture, in the same units.")
      .Default("the figure's own");
  command.Add("--font NAME", &options.font, "Font family, which must be installed (fc-list : family).");
  command
      .Add("--font_size PT", &options.font_size,
           "Size of tick labels and legends in points; all other texts change with it.")
      .Between(3.0, 40.0)
      .Default("7.125");
  command
      .Add("--palette NAME", &options.palette,
           "Colours: a palette (" + JoinedText(NumberPalettes(), ", ") + "; for series " +
               JoinedText(CategoryPalettes(), ", ") + "), or a list of colours: '#0072B2,orange'.")
      .Default("colours that colour-blind people can tell apart");
  command.Add("--no_title", &options.no_title, "Leave out the title. Panels keep their names.");
}

void AddPictureOptions(FigureOptions& options, Command& command) {
  AddStyleOptions(options, command);
  command.Add("--no_note", &options.no_note,
              "Leave out the line that says which tasks, docs and tokens are shown.");
  command.Add("--log", &options.logarithmic, "Logarithmic axis of values, where the figure has one for it.");
  command.Add("--name OLD=NEW", &options.names, "Rename a model or a task in the picture. May be repeated.")
      .SeparatedByCommas()
      .Default("names of the runs");
}

void AddTraceFigureOptions(FigureOptions& options, Command& command) {
  command.BeginGroup("Tokens");
  command.Add("--tasks,--task NAME", &options.request.tasks, "Tasks to show.")
      .SeparatedByCommas()
      .Default("all");
  command
      .Add("--part NAME", &options.part, "Tokens to count: all, or only those of contexts or continuations.")
      .OneOf({"all", "context", "continuation"});
  command
      .Add(
          "--sharing NAME", &options.sharing,
          "How often a token counts that several choices of a doc share: once, or repeated (for every choice "
          "that reads it).")
      .OneOf({"once", "repeated"});
  command
      .Add("--panels NAME", &options.request.panels,
           "Panels: one for each model, or for each task of one model.")
      .OneOf({"model", "task"})
      .Default("models, if there are several");
  command
      .Add("--layers,--layer LIST", &options.layers,
           "Layers to show, counted from 0: 0-5,14. Word clouds and heat maps show one.")
      .Default("all; layer 0 where one is shown");
}

void AddOptionsOf(const FigureKind& kind, FigureOptions& options, Command& command) {
  FigureRequest& request = options.request;
  if (kind.of_trace) {
    AddTraceFigureOptions(options, command);
  }
  if (kind.name == "cosine") {
    command.BeginGroup("Heat map");
    command.Add("--doc DOC_ID", &request.doc, "Draw the heat map of this doc's tokens at one layer.")
        .Default("the curve over the layers");
    command.Add("--choice N", &request.choice, "Choice of the doc whose tokens are shown, counted from 0.")
        .NotNegative();
  } else if (kind.name == "words") {
    command.BeginGroup("Words");
    command
        .Add("--weight NAME", &options.weight,
             "Size of a word: its count, or its log_odds against the other bins.")
        .OneOf({"count", "log_odds"});
    command.Add("--edges X", &request.words.edges, "Edges of the lambda bins, ascending: 0,0.4,1.")
        .SeparatedByCommas()
        .Default("one bin for each loop count");
    command.Add("--stop_words NAME", &request.words.stop_words,
                "Words to leave out: english (a built-in list), none, or a file with one word on each line.");
    command.Add("--least_count N", &request.words.least_count, "Leave out words that occur less often.")
        .Positive();
  } else if (kind.name == "skills") {
    command.BeginGroup("Groups");
    command.Add("--by NAME", &options.by, "Groups of docs: by task, or by category (the skill of a task).")
        .OneOf({"task", "category"});
    command
        .Add("--categories FILE", &request.skills.categories,
             "Categories of tasks: CSV with the columns task and category, or JSON.")
        .Default("by the tasks' names");
  } else if (kind.name == "tokens") {
    command.BeginGroup("Correctness");
    command.Add("--ledger FILE", &request.ledger, "Ledger of the traced run, for the correctness of docs.")
        .Default("the one beside the trace");
  } else if (kind.name == "reliability") {
    command.BeginGroup("Tasks");
    command.Add("--tasks,--task NAME", &request.tasks, "Tasks to show.").SeparatedByCommas().Default("all");
    command.Add("--metric NAME", &request.metric, "Accuracy whose values give the confidence: acc, len_norm.")
        .Default("the primary one of each task");
    command.Add("--bins N", &request.calibration.bins, "Bins of confidence.").Positive();
    command.Add("--binning NAME", &options.binning, "Bins of equal width, or of equal mass.")
        .OneOf({"width", "mass"});
  } else if (kind.name == "pareto") {
    command.BeginGroup("Tasks");
    command.Add("--tasks,--task NAME", &request.tasks, "Tasks of the average.")
        .SeparatedByCommas()
        .Default("those that all runs have");
    command.Add("--published", &request.published,
                "Also show the published models of Table 2; the tasks are then the paper's eight.");
  }
}

void AddKind(const FigureKind& kind, Command& figure) {
  auto options = std::make_shared<FigureOptions>();
  const std::string name(kind.name);
  Command& command = figure.AddCommand(name, std::string(kind.shows));
  command.Add("inputs", &options->inputs, "What to draw: " + std::string(kind.needs) + ".").Required();
  AddOptionsOf(kind, *options, command);
  AddPictureOptions(*options, command);
  AddOutputOptions(*options, command);
  const std::string input = name.starts_with("training") ? "runs/a" : "output/a";
  const std::string second =
      name.ends_with("differences") || name == "pareto" ? (name == "pareto" ? " output/b" : " runs/b") : "";
  command.AddExample("vffn figure " + name + " " + input + second);
  command.AddExample("vffn figure " + name + " " + input + second + " --width 80mm --output fig.pdf");
  command.OnRun([options, &kind] { DrawFigure(*options, kind); });
}

void AddRender(Command& figure) {
  auto options = std::make_shared<FigureOptions>();
  options->font.clear();
  options->output.clear();
  options->font_size = 0;
  Command& command =
      figure.AddCommand("render", "Draw a saved specification again, for example an edited one.");
  command.Add("files", &options->inputs, "Specifications, NAME.vl.json, or folders of them (a report).")
      .Required();
  command.BeginGroup("Style");
  command.Add("--width LENGTH", &options->width, "Width of the picture: 80mm, 3.3in, column.")
      .Default("that of the specification");
  command.Add("--height LENGTH", &options->height, "Height of the picture, in the same units.")
      .Default("that of the specification");
  command.Add("--font NAME", &options->font, "Font family, which must be installed.")
      .Default("that of the specification");
  Option& size = command
                     .Add("--font_size PT", &options->font_size,
                          "Size of tick labels and legends in points; all other texts change with it.")
                     .Between(3.0, 40.0)
                     .Default("that of the specification");
  command.Add("--palette NAME", &options->palette, "Colours, as for the other figures.")
      .Default("that of the specification");
  command.Add("--no_title", &options->no_title, "Leave out all titles above plots.");
  command.BeginGroup("Output");
  command
      .Add("--output,--output_path PATH", &options->output,
           "Folder, or a file that ends in .svg, .pdf or .png.")
      .Default("beside the specification");
  command.Add("--file_format NAME", &options->formats, "Formats of the picture: svg, pdf, png.")
      .SeparatedByCommas()
      .Default("all three, or that of --output");
  command.AddExample("vffn figure render figures/loops.vl.json");
  command.AddExample("vffn figure render figures/loops.vl.json --width 80mm --output loops.pdf");
  command.OnRun([options, &size] {
    CheckRenderer();
    SavedStyle style{.font = options->font, .title = !options->no_title, .size = SizeOf(*options)};
    if (size.given()) {
      style.label_size = options->font_size * kPixelsPerPoint;
    }
    if (!options->palette.empty()) {
      style.palette = ParsePalette(options->palette);
    }
    std::vector<std::filesystem::path> files;
    for (const std::string& input : options->inputs) {
      std::ranges::copy(SavedFiguresIn(input), std::back_inserter(files));
    }
    for (const std::filesystem::path& path : files) {
      const FigureTarget target =
          ParseTarget(options->output.empty() ? path.parent_path() : std::filesystem::path(options->output),
                      options->formats);
      VFFN_CHECK(target.stem.empty() || files.size() == 1, "--output ", options->output,
                 " is one file, but there are ", files.size(), " specifications; name a folder");
      PrintWritten(RenderSavedFigure(path, style, target));
    }
  });
}

void AddFigureList(Command& figure) {
  Command& command = figure.AddCommand("list", "List the kinds of figures with what each needs.");
  command.AddExample("vffn figure list");
  command.AddExample("vffn figure loops --help");
  command.OnRun([] {
    HelpSection kinds{.title = "Figures"};
    for (const FigureKind& kind : FigureKinds()) {
      kinds.entries.push_back(
          {std::string(kind.name), std::string(kind.shows) + " Needs " + std::string(kind.needs) + "."});
    }
    std::cout << HelpText({.description = "The figures that vffn figure draws.",
                           .usage = "vffn figure FIGURE INPUT... [options]",
                           .sections = {kinds}});
  });
}

}  // namespace

void AddFigureCommand(Command& program) {
  Command& figure = program.AddCommand(
      "figure", "Draw one figure from traces, runs, logs of training or a saved specification, for a paper.");
  for (const FigureKind& kind : FigureKinds()) {
    AddKind(kind, figure);
  }
  AddRender(figure);
  AddFigureList(figure);
  figure.AddExample("vffn figure loops output/versatile --width column --output loops.pdf");
  figure.AddExample("vffn figure loops output/a output/b --name a=Ours --font 'Liberation Serif'");
}

}  // namespace vffn
