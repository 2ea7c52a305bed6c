#include "reports/drawing/trace_drawings.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/error.h"
#include "reports/drawing/named_traces.h"
#include "reports/drawing/panel_drawing.h"
#include "reports/tables/number_text.h"
#include "reports/traces/skill_report.h"
#include "reports/traces/trace_docs.h"
#include "reports/traces/trace_ledger.h"

namespace vffn {
namespace {

/// What one panel shows.
struct PanelSource {
  std::string label;
  NamedTraceReader trace;
  TraceScope scope;
  FigureSubject subject;
  std::string all_tasks;  ///< a sentence, where the subject only counts them
};

using Scales = std::shared_ptr<FigureScales>;

constexpr size_t kMostTasks = 3;  // in a note

std::string TasksText(const std::vector<std::string>& tasks, Renaming& names) {
  std::vector<std::string> renamed;
  std::ranges::transform(tasks, std::back_inserter(renamed),
                         [&](const std::string& task) { return names.Of(task); });
  return renamed.size() > kMostTasks ? std::to_string(renamed.size()) + " tasks" : JoinedText(renamed, ", ");
}

PanelSource SourceOf(const NamedTraceReader& trace, const std::vector<std::string>& tasks,
                     FigureRequest& request) {
  const TracedDocs& traced = trace.reader->docs();
  PanelSource source{.label = trace.label,
                     .trace = trace,
                     .scope = {.trace = trace.files.trace, .tasks = tasks, .counting = request.counting}};
  std::vector<std::string> named = tasks;
  if (named.empty()) {
    std::ranges::transform(traced, std::back_inserter(named), [](const auto& docs) { return docs.first; });
  }
  int64_t docs = 0;
  for (const std::string& task : named) {
    const auto found = traced.find(task);
    VFFN_CHECK(found != traced.end(), trace.files.trace.string(), ": holds no task ", task, "; it has ",
               JoinedText(
                   [&] {
                     std::vector<std::string> all;
                     std::ranges::transform(traced, std::back_inserter(all),
                                            [](const auto& one) { return one.first; });
                     return all;
                   }(),
                   ", "));
    docs += static_cast<int64_t>(found->second.size());
  }
  source.subject = {
      .model = trace.label, .tasks = TasksText(named, request.names), .docs = docs, .layers = request.layers};
  if (named.size() > kMostTasks) {
    source.all_tasks = "The tasks of " + trace.label + " are " + JoinedText(named, ", ") + ".";
  }
  return source;
}

/// A panel for each model, or for each task of one model.
std::vector<PanelSource> SourcesOf(FigureRequest& request) {
  const std::vector<NamedTraceReader> traces = OpenTraces(request.inputs, request.kind, request.names);
  std::vector<PanelSource> sources;
  if (request.panels != "task") {
    for (const NamedTraceReader& trace : traces) {
      sources.push_back(SourceOf(trace, request.tasks, request));
    }
    return sources;
  }
  VFFN_CHECK(traces.size() == 1, "--panels task shows the tasks of one model, but there are ", traces.size(),
             "; name one of them, or leave out --panels task");
  std::vector<std::string> tasks = request.tasks;
  if (tasks.empty()) {
    std::ranges::transform(traces[0].reader->docs(), std::back_inserter(tasks),
                           [](const auto& docs) { return docs.first; });
  }
  for (const std::string& task : tasks) {
    PanelSource& source = sources.emplace_back(SourceOf(traces[0], {task}, request));
    source.label = request.names.Of(task);
    source.subject.model = traces[0].label + ", " + source.label;
  }
  return sources;
}

FigureSubject Styled(FigureSubject subject, const FigureStyle& style) {
  subject.style = style;
  return subject;
}

template <class Counts>
Counts CountedAs(std::vector<Counts> all, const Counting& counting, const PanelSource& source) {
  const auto found = std::ranges::find(all, counting, &Counts::counting);
  VFFN_CHECK(found != all.end() && found->tokens > 0, source.trace.files.trace.string(), ": ",
             source.subject.tasks, " has no ", NameOf(counting.part), " tokens");
  return std::move(*found);
}

std::string WithError(const Estimate& estimate, int decimals) {
  return FixedText(estimate.value, decimals) +
         (estimate.standard_error ? " ± " + FixedText(*estimate.standard_error, decimals) : "");
}

/// "lowest in layer 2 (1.02) and highest in layer 5 (3.71)"; of one layer "1.02 in layer 2".
template <class Value>
std::string Extremes(const std::vector<int64_t>& layers, Value&& value, int decimals) {
  const auto [least, most] = std::ranges::minmax(layers, {}, value);
  if (layers.size() == 1) {
    return FixedText(value(least), decimals) + " in layer " + std::to_string(least);
  }
  return "lowest in layer " + std::to_string(least) + " (" + FixedText(value(least), decimals) +
         ") and highest in layer " + std::to_string(most) + " (" + FixedText(value(most), decimals) + ")";
}

PreparedFigure PrepareLoops(const PanelSource& source, const Scales& scales) {
  LoopAnalysis analysis(source.trace.reader->header());
  const LoopCounts probe = analysis.Result().front();
  const std::vector<int64_t> layers = DrawnLayers(source.subject, probe.layers.size());
  AddDocs(*source.trace.reader, source.scope, analysis);
  const LoopCounts counts = CountedAs(analysis.Result(), source.scope.counting, source);
  const size_t most = counts.layers.front().histogram.size();
  scales->max_loops = std::max(scales->max_loops, static_cast<int>(most));
  const std::string facts =
      source.subject.model + ": N_mean is " + WithError(*counts.mean_loops, 3) + " and P is " +
      WithError(*counts.share_below_max, 3) +
      " over all layers (± standard error, clustered by document); the "
      "mean is " +
      Extremes(
          layers, [&](int64_t i) { return counts.layers[static_cast<size_t>(i)].mean->value; }, 3) +
      ".";
  return {.draw =
              [subject = source.subject, counts, scales](const FigureStyle& style) {
                return LoopsPerLayer(Styled(subject, style), counts, *scales);
              },
          .facts = {facts}};
}

PreparedFigure PrepareExperts(const PanelSource& source, const Scales& scales) {
  ExpertAnalysis analysis(source.trace.reader->header());
  const std::vector<int64_t> layers =
      DrawnLayers(source.subject, static_cast<size_t>(source.trace.reader->header().shape.layers));
  AddDocs(*source.trace.reader, source.scope, analysis);
  const ExpertCounts counts = CountedAs(analysis.Result(), source.scope.counting, source);
  scales->greatest_share =
      std::max(scales->greatest_share.value_or(0), GreatestShare(source.subject, counts));
  const std::string facts =
      source.subject.model + ": the evenness (entropy over its maximum) is " +
      Extremes(
          layers, [&](int64_t i) { return counts.layers[static_cast<size_t>(i)].evenness.value_or(0); }, 3) +
      ".";
  return {
      .draw = [subject = source.subject, counts, scales](
                  const FigureStyle& style) { return ExpertLoads(Styled(subject, style), counts, *scales); },
      .facts = {facts}};
}

void Widen(std::optional<std::pair<double, double>>& range, const std::pair<double, double>& other) {
  range =
      range ? std::pair(std::min(range->first, other.first), std::max(range->second, other.second)) : other;
}

PreparedFigure PrepareHeatmap(const FigureRequest& request, const PanelSource& source, const Scales& scales) {
  const TraceReader& reader = *source.trace.reader;
  CosineAnalysis(reader.header(), source.scope.counting);  // throws if there are no two branches
  const CosineHeatmap heatmap = ReadHeatmap(reader, OneTask(reader, source.scope),
                                            {.doc = request.doc,
                                             .choice = request.choice,
                                             .layer = request.layers.empty() ? 0 : request.layers[0]});
  Widen(scales->cosine, CosineRange(heatmap));
  return {.draw = [subject = source.subject, heatmap, scales](const FigureStyle& style) {
    return BranchCosine(Styled(subject, style), heatmap, *scales);
  }};
}

PreparedFigure PrepareCosine(const PanelSource& source, const Scales& scales) {
  CosineAnalysis analysis(source.trace.reader->header(), source.scope.counting);
  const std::vector<int64_t> drawn =
      DrawnLayers(source.subject, static_cast<size_t>(source.trace.reader->header().shape.layers));
  AddDocs(*source.trace.reader, source.scope, analysis);
  const std::vector<CosineDistribution> layers = analysis.Result();
  Widen(scales->cosine, CosineRange(source.subject, layers));
  const std::string facts =
      source.subject.model + ": the mean cosine is " +
      Extremes(
          drawn, [&](int64_t i) { return layers[static_cast<size_t>(i)].mean->value; }, 3) +
      ".";
  return {.draw =
              [subject = source.subject, counting = source.scope.counting, layers,
               scales](const FigureStyle& style) {
                return CosinePerLayer(Styled(subject, style), counting, layers, *scales);
              },
          .facts = {facts}};
}

PreparedFigure PrepareWords(const FigureRequest& request, const PanelSource& source) {
  WordReportOptions options = request.words;
  options.layer = request.layers.empty() ? 0 : request.layers[0];
  const WordReport report = CountWords(*source.trace.reader, source.scope, options);
  VFFN_CHECK(WordClouds(source.subject, report, request.weight).has_value(), source.subject.model, ": ",
             report.words, " words at layer ", options.layer,
             request.weight == WordWeight::kLogOdds && report.words > 0
                 ? ", all in one bin of lambda: log-odds compare bins, so use --weight count"
                 : ": there is nothing to draw");
  std::string facts = source.subject.model + ": " + GroupedText(report.words) + " words are counted";
  for (const WordBin& bin : report.bins) {
    facts += (&bin == &report.bins.front() ? ": " : ", ") + GroupedText(bin.words) + " at " + bin.bin.name;
  }
  return {
      .draw = [subject = source.subject, report, weight = request.weight](
                  const FigureStyle& style) { return *WordClouds(Styled(subject, style), report, weight); },
      .facts = {facts + "; the 60 heaviest of each are drawn."}};
}

PreparedFigure PrepareTokens(const FigureRequest& request, const PanelSource& source) {
  const TraceReader& reader = *source.trace.reader;
  TokenAnalysis analysis(reader.header(), source.scope.counting);
  const std::filesystem::path ledger = request.ledger.empty() ? source.trace.files.ledger : request.ledger;
  Correctness correctness;
  if (!ledger.empty()) {
    correctness = ReadCorrectness(ledger, reader.header(), "");
  }
  AddDocs(reader, source.scope, analysis);
  const std::vector<TokenCorrelation> correlations = analysis.Result({}, correctness, {});
  std::string facts;
  for (const TokenCorrelation& one : correlations) {
    if (one.correlation.rho) {
      std::string name(NameOf(one.quantity));
      std::ranges::replace(name, '_', ' ');
      facts += (facts.empty() ? "" : ", ") + name + " " + SignedText(*one.correlation.rho, 3);
    }
  }
  return {.draw =
              [subject = source.subject, counting = source.scope.counting,
               correlations](const FigureStyle& style) {
                return LoopCorrelations(Styled(subject, style), counting, correlations);
              },
          .facts = {source.subject.model + ": rank correlations: " + facts + "."}};
}

PreparedFigure PrepareSkills(const FigureRequest& request, const PanelSource& source) {
  SkillAnalysis analysis(source.trace.reader->header(), source.scope.counting, GroupBy(request.skills));
  AddDocs(*source.trace.reader, source.scope, analysis);
  const std::vector<GroupLoops> groups = analysis.Groups();
  VFFN_CHECK(!groups.empty(), source.trace.files.trace.string(), ": ", source.subject.tasks, " has no ",
             NameOf(source.scope.counting.part), " tokens");
  const auto [least, most] = std::ranges::minmax_element(
      groups, {}, [](const GroupLoops& group) { return group.mean_loops->value; });
  std::string facts = source.subject.model + ": the mean is ";
  facts += groups.size() == 1
               ? WithError(*least->mean_loops, 3) + " for " + least->group + "."
               : "lowest for " + least->group + " (" + WithError(*least->mean_loops, 3) +
                     ") and highest for " + most->group + " (" + WithError(*most->mean_loops, 3) + ").";
  const std::string what = request.skills.by == LoopGrouping::kTask ? "task" : "category";
  return {.draw =
              [subject = source.subject, counting = source.scope.counting, what,
               groups](const FigureStyle& style) {
                return LoopsByGroup(Styled(subject, style), counting, what, groups);
              },
          .facts = {facts}};
}

PreparedFigure PreparePanel(const FigureRequest& request, const PanelSource& source, const Scales& scales) {
  if (request.kind == "loops") {
    return PrepareLoops(source, scales);
  }
  if (request.kind == "experts") {
    return PrepareExperts(source, scales);
  }
  if (request.kind == "cosine") {
    return request.doc ? PrepareHeatmap(request, source, scales) : PrepareCosine(source, scales);
  }
  if (request.kind == "words") {
    return PrepareWords(request, source);
  }
  return request.kind == "tokens" ? PrepareTokens(request, source) : PrepareSkills(request, source);
}

/// Errors begin with the trace.
PreparedFigure PrepareNamedPanel(const FigureRequest& request, const PanelSource& source,
                                 const Scales& scales) {
  try {
    return PreparePanel(request, source, scales);
  } catch (const Error& error) {
    const std::string message = error.what(), trace = source.trace.files.trace.string();
    if (message.starts_with(trace)) {
      throw;
    }
    Fail(trace, ": ", message);
  }
}

/// The title of a panel names model and task; the data have a column for each.
std::function<Figure(const FigureStyle&)> WithModel(const std::string& model,
                                                    std::function<Figure(const FigureStyle&)> draw) {
  return [model, draw = std::move(draw)](const FigureStyle& style) {
    Figure figure = draw(style);
    for (Dataset& dataset : figure.datasets) {
      for (DataRow& row : dataset.rows) {
        for (auto& [column, value] : row) {
          value = column == "model" ? JsonText(model) : value;
        }
      }
    }
    return figure;
  };
}

PanelArrangement ArrangementOf(const FigureRequest& request) {
  PanelArrangement arrangement{.what = request.panels == "task" ? "task" : "model"};
  if (request.kind == "words" || request.kind == "tokens" || request.kind == "skills") {
    arrangement.least_width = 0;
    arrangement.shared = false;
  } else if (request.doc) {
    arrangement.least_width = 240;
    arrangement.shared = false;
  }
  return arrangement;
}

}  // namespace

PreparedFigure PrepareTraceFigure(FigureRequest& request) {
  const bool one_layer = request.kind == "words" || request.doc.has_value();
  VFFN_CHECK(!one_layer || request.layers.size() <= 1,
             "--layers: ", request.doc ? "a heat map" : "a figure of words", " shows one layer, not ",
             request.layers.size());
  const Scales scales = std::make_shared<FigureScales>();
  std::vector<PanelDrawing> panels;
  for (const PanelSource& source : SourcesOf(request)) {
    PreparedFigure panel = PrepareNamedPanel(request, source, scales);
    if (!source.all_tasks.empty()) {
      panel.facts.push_back(source.all_tasks);
    }
    if (request.panels == "task") {
      panel.draw = WithModel(source.trace.label, std::move(panel.draw));
    }
    panels.push_back({.label = source.label, .figure = std::move(panel)});
  }
  return ArrangePanels(std::move(panels), ArrangementOf(request));
}

}  // namespace vffn
