#include "reports/reproduction/trace_summary.h"

#include <filesystem>
#include <optional>

#include "reports/traces/trace_figures.h"
#include "reports/traces/trace_tables.h"
#include "text/cloud_word.h"
#include "trace/branch_features.h"

namespace vffn {
namespace {

constexpr const char* kPaperTask = "arc_challenge";
constexpr int64_t kPaperLayer = 0;  // of Figures 5 and 6

/// The analyses that a trace's columns allow, fed doc by doc.
class Analyses {
 public:
  explicit Analyses(const TraceHeader& header) {
    const TraceShape& shape = header.shape;
    columns_.log_probs = true;
    if (shape.max_loops > 0) {
      columns_.loop_counts = true;
      loops_.emplace(header);
      tokens_.emplace(header, Counting{});
    }
    if (shape.n_experts > 0) {
      columns_.experts = true;
      experts_.emplace(header);
    }
    if (shape.lambda) {
      columns_.lambdas = columns_.pieces = columns_.origins = true;
      words_.emplace(header, WordOptions{.layer = kPaperLayer, .is_stop_word = IsEnglishStopWord});
    }
    if (shape.cosine) {
      columns_.cosines = true;
      cosines_.emplace(header, Counting{});
    }
  }

  const TraceColumns& columns() const { return columns_; }

  void Add(const DocTrace& doc) {
    const auto add = [&](auto& analysis) {
      if (analysis) {
        analysis->Add(doc);
      }
    };
    add(loops_);
    add(experts_);
    add(words_);
    add(cosines_);
    add(tokens_);
  }

  void Fill(TraceSummary& summary, const Correctness& correctness) const {
    if (loops_) {
      summary.loops = loops_->Result();
      summary.correlations = tokens_->Result({}, correctness, {});
    }
    if (experts_) {
      summary.experts = experts_->Result();
    }
    if (words_) {
      summary.words = {words_->Result()};
    }
    if (cosines_) {
      summary.cosines = cosines_->Result();
    }
  }

 private:
  TraceColumns columns_;
  std::optional<LoopAnalysis> loops_;
  std::optional<ExpertAnalysis> experts_;
  std::optional<WordAnalysis> words_;
  std::optional<CosineAnalysis> cosines_;
  std::optional<TokenAnalysis> tokens_;
};

/// Of the convention that reports use: every token once. Null without tokens.
template <class Counts>
const Counts* Counted(const std::vector<Counts>& all) {
  for (const Counts& counts : all) {
    if (counts.counting == Counting{} && counts.tokens > 0) {
      return &counts;
    }
  }
  return nullptr;
}

}  // namespace

TraceSummary SummariseTrace(const std::string& model, const TraceReader& trace,
                            const Correctness& correctness) {
  const bool of_paper = trace.docs().contains(kPaperTask);
  TraceSummary summary{.model = model, .tasks = of_paper ? kPaperTask : "all tasks"};
  Analyses analyses(trace.header());
  trace.Read(analyses.columns(), [&](const DocTrace& doc) {
    if (!of_paper || doc.task == kPaperTask) {
      analyses.Add(doc);
    }
  });
  analyses.Fill(summary, correctness);
  for (const auto& [task, docs] : trace.docs()) {
    for (const int64_t doc_id : docs) {
      if (std::filesystem::exists(BranchFeaturesPath(trace.path(), task, doc_id))) {
        const DocTrace doc = trace.ReadDoc(task, doc_id);
        const BranchFeatures features = ReadBranchFeatures(trace.path(), doc);
        const int64_t layer =
            features.layers.contains(kPaperLayer) ? kPaperLayer : features.layers.begin()->first;
        summary.heatmaps.push_back(MakeHeatmap(doc, features, layer, /*choice=*/0));
      }
    }
  }
  return summary;
}

std::optional<TracedFlops> FlopsOf(const TraceSummary& summary) {
  const LoopCounts* counts = Counted(summary.loops);
  if (counts == nullptr || !counts->mean_loops) {
    return std::nullopt;
  }
  TracedFlops traced{.mean_loops = counts->mean_loops->value,
                     .share_below_max = counts->share_below_max->value,
                     .tasks = summary.tasks,
                     .docs = counts->docs};
  if (counts->flops && counts->flops->paper) {
    traced.flops = counts->flops->paper->value;
    traced.standard_error = counts->flops->paper->standard_error;
  }
  return traced;
}

std::vector<Figure> TraceFigures(const TraceSummary& summary, const std::string& stem) {
  const FigureSubject subject{.model = summary.model, .tasks = summary.tasks};
  std::vector<Figure> figures;
  if (const LoopCounts* counts = Counted(summary.loops)) {
    figures.push_back(LoopsPerLayer(subject, *counts));
  }
  for (const CosineHeatmap& heatmap : summary.heatmaps) {
    figures.push_back(BranchCosine(subject, heatmap));
  }
  for (const WordReport& words : summary.words) {
    for (const WordWeight weight : {WordWeight::kCount, WordWeight::kLogOdds}) {
      if (auto figure = WordClouds(subject, words, weight)) {
        figures.push_back(*std::move(figure));
      }
    }
  }
  if (const ExpertCounts* counts = Counted(summary.experts)) {
    figures.push_back(ExpertLoads(subject, *counts));
  }
  for (Figure& figure : figures) {
    figure.name += "-" + stem;
  }
  return figures;
}

std::vector<Table> TraceTables(const TraceSummary& summary, const TraceSummary* control) {
  std::vector<Table> tables;
  const auto add = [&](Table table, const std::string& title, std::vector<std::string> notes) {
    table.title = title + " (" + summary.tasks + ")";
    table.notes = std::move(notes);
    tables.push_back(std::move(table));
  };
  const std::string once = "each token counts once";
  if (!summary.loops.empty()) {
    add(LoopAverageTable(summary.loops), "N_mean, P and FFN FLOPs under each way of counting",
        {"± standard error, clustered by document"});
    if (const LoopCounts* counts = Counted(summary.loops)) {
      add(LoopLayerTable(*counts), "Loops per layer", {once});
    }
  }
  if (const ExpertCounts* counts = Counted(summary.experts)) {
    add(ExpertTable(*counts), "Experts", {once});
  }
  if (!summary.cosines.empty()) {
    add(CosineTable(summary.cosines), "Cosine similarity of both branches' output", {});
  }
  if (!summary.correlations.empty()) {
    std::vector<std::string> notes = {
        "Spearman's rank correlation of a token's loops, the mean of all layers; 95 % bootstrap intervals "
        "over documents"};
    if (control != nullptr) {
      notes.push_back("control: " + control->model + ", the same loop counts given to other tokens");
    }
    add(TokenTable(summary.correlations,
                   control != nullptr ? control->correlations : std::vector<TokenCorrelation>()),
        "Loops against what makes a token hard", std::move(notes));
  }
  return tables;
}

}  // namespace vffn
