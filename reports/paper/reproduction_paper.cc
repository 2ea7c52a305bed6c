#include "reports/paper/reproduction_paper.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "reports/paper/other_models.h"
#include "reports/paper/paper_captions.h"
#include "reports/paper/paper_cells.h"

namespace vffn {
namespace {

struct TableText {
  const char *name, *subject;
};

constexpr TableText kTables[] = {
    {"1", "Zero-shot accuracy (\\%)"},
    {"2", "Average accuracy (\\%), parameters, and FLOPs of the FFNs for one token"},
    {"3", "Components of VersatileFFN"},
    {"4A", "Maximum number of loops"},
    {"4B", "Number of experts and of active experts"},
    {"5", "Models without continued pre-training"},
    {"figure-3a", "Experts of the width branch alone"},
    {"figure-3b", "Maximum number of loops of the depth branch alone"},
};

/// Lines of either side under one heading.
struct Side {
  PaperBlock published, ours;
};

/// "VersatileFFN", or "VersatileFFN (my run)" if the run has another name.
std::string LineName(const PaperRow& row, const MeasuredRun& run) {
  return run.Label().find(row.row) != std::string::npos ? run.Label() : row.row + " (" + run.Label() + ")";
}

/// The cells of one table, line by line.
using Lines = std::vector<std::vector<const ReproductionCell*>>;

Lines LinesOfTable(const std::vector<ReproductionCell>& cells, std::string_view table) {
  Lines lines;
  for (const ReproductionCell& cell : cells) {
    if (cell.row.table != table) {
      continue;
    }
    if (lines.empty() || lines.back().front()->row != cell.row || lines.back().front()->run != cell.run) {
      lines.emplace_back();
    }
    lines.back().push_back(&cell);
  }
  return lines;
}

/// A group of each scale.
class PaperRows {
 public:
  PaperRows(const Reproduction& reproduction, const PaperOptions& options, const Lines& lines)
      : reproduction_(reproduction), options_(options) {
    for (size_t i = 0; i < lines.size(); ++i) {
      const PaperRow& row = lines[i].front()->row;
      if (sides_.empty() || scales_.back() != row.scale) {
        sides_.emplace_back();
        scales_.push_back(row.scale);
      }
      const bool last = i + 1 == lines.size() || lines[i + 1].front()->row != row;
      if (lines[i].front()->run) {
        AddOurs(lines[i]);
      }
      if (last && options.selection.rows != ShownRows::kOurs) {
        AddPublished(lines[i]);
      }
    }
  }

  CaptionFacts facts;

  /// Headings where there are several blocks.
  std::vector<PaperGroup> Groups() && {
    std::vector<PaperGroup> groups;
    for (size_t i = 0; i < sides_.size(); ++i) {
      auto& [published, ours] = sides_[i];
      const std::string scale = sides_.size() > 1 ? scales_[i] : "";
      const bool both = !published.lines.empty() && !ours.lines.empty();
      PaperGroup& group = groups.emplace_back();
      for (auto& [block, name] : {std::pair(&published, "Published"), std::pair(&ours, "Ours")}) {
        if (!block->lines.empty()) {
          block->heading = both ? scale + (scale.empty() ? "" : ", ") + name : scale;
          group.push_back(std::move(*block));
        }
      }
    }
    return groups;
  }

 private:
  void AddOurs(const std::vector<const ReproductionCell*>& cells) {
    const MeasuredRun& run = reproduction_.runs[*cells.front()->run];
    PaperLine& line = sides_.back().ours.lines.emplace_back();
    line.name = LineName(cells.front()->row, run);
    line.kind = KindOf(run);
    for (const ReproductionCell* cell : cells) {
      line.cells.push_back(OurPaperCell(*cell, run, reproduction_.tasks, options_.errors));
      if (cell->verdict != Verdict::kNone &&
          std::ranges::find(facts.verdicts, cell->verdict) == facts.verdicts.end()) {
        facts.verdicts.push_back(cell->verdict);
      }
    }
    facts.AddRun(run);
  }

  void AddPublished(const std::vector<const ReproductionCell*>& cells) {
    PaperLine& line = sides_.back().published.lines.emplace_back();
    line.name = cells.front()->row.row;
    line.kind = "published";
    for (const ReproductionCell* cell : cells) {
      line.cells.push_back(PublishedPaperCell(*cell, reproduction_.tasks));
    }
    facts.has_published = true;
  }

  const Reproduction& reproduction_;
  const PaperOptions& options_;
  std::vector<Side> sides_;  // of each scale
  std::vector<std::string> scales_;
};

std::optional<PaperTable> TableOfThePaper(const Reproduction& reproduction, const PaperOptions& options,
                                          const TableText& text, const std::vector<ReproductionCell>& cells) {
  const Lines lines = LinesOfTable(cells, text.name);
  if (lines.empty()) {
    return std::nullopt;
  }
  const std::string& scale = options.selection.scale;
  PaperTable table{.name_title = "Method",
                   .label = std::string("tab:") + (text.name[0] == 'f' ? "" : "table-") + text.name +
                            (scale.empty() ? "" : "-" + scale)};
  std::vector<bool> may_go;
  PaperRows rows(reproduction, options, lines);
  for (const ReproductionCell* cell : lines.front()) {
    table.columns.push_back({ShortColumnName(cell->column), BetterOf(cell->quantity)});
    may_go.push_back(cell->quantity != Quantity::kTask);
    if (cell->quantity == Quantity::kAverage) {
      rows.facts.average = "unweighted mean of the accuracies (\\%) on " + ListedTasks(reproduction.tasks);
    }
  }
  CaptionFacts facts = std::move(rows.facts);
  table.groups = std::move(rows).Groups();
  DropEmptyColumns(may_go, table);
  const bool has_loss =
      std::ranges::find(table.columns, ShortColumnName("loss"), &PaperColumn::title) != table.columns.end();
  facts.subject = std::string(text.subject) +
                  (scale.empty() ? "" : " of the models with " + scale + " parameters") +
                  (has_loss ? "; losses in nats per token" : "");
  table.caption = CaptionOf(facts, reproduction.rule, table);
  return table;
}

}  // namespace

std::vector<PaperTable> PaperTablesOf(const Reproduction& reproduction, const PaperOptions& options) {
  std::vector<PaperTable> tables;
  const std::vector<ReproductionCell> cells = SelectedCells(reproduction, options.selection);
  for (const TableText& text : kTables) {
    if (auto table = TableOfThePaper(reproduction, options, text, cells)) {
      tables.push_back(*std::move(table));
    }
  }
  if (const std::vector<size_t> others = SelectedOtherRuns(reproduction, options.selection);
      !others.empty()) {
    if (options.selection.HasTable("1")) {
      tables.push_back(OtherScores(reproduction, others, options.errors));
    }
    if (options.selection.HasTable("2")) {
      tables.push_back(OtherCosts(reproduction, others, options.errors));
    }
  }
  return tables;
}

std::string PaperText(const Reproduction& reproduction, const PaperOptions& options) {
  std::string text;
  for (const PaperTable& table : PaperTablesOf(reproduction, options)) {
    text += (text.empty() ? "" : "\n") + ToLatex(table, options.text_width);
  }
  VFFN_CHECK(
      !text.empty(),
      "no run is a row of the tables that were chosen: choose others with --table and --scale, name the "
      "row of a run in its run.json (docs/reports.md), or give --only published");
  return text;
}

}  // namespace vffn
