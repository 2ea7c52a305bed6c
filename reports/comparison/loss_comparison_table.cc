#include "reports/comparison/loss_comparison_table.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/holm.h"
#include "analysis/power.h"
#include "base/json.h"
#include "reports/tables/number_text.h"
#include "reports/tables/table_data.h"

namespace vffn {
namespace {

constexpr int kLossDecimals = 4;

void AdjustLosses(std::vector<LossReport>& reports) {
  std::vector<LossComparison*> sources, all;
  for (LossReport& report : reports) {
    for (LossComparison& comparison : report.comparisons) {
      (comparison.source.empty() ? all : sources).push_back(&comparison);
    }
  }
  AdjustFamily(sources);
  AdjustFamily(all);
}

void AddChange(const LossComparison& comparison, const LossChange& change, const PowerOptions& power,
               Table& table) {
  table.AddRow(
      "task",
      Cell(comparison.source.empty() ? "loss" : "loss/" + comparison.source)
          .Shown(comparison.source.empty() ? "all" : comparison.source),
      "metric", Cell(NameOf(change.measure)).Shown(std::string(TitleOf(change.measure))), "questions",
      comparison.documents, "a_score", change.a, "b_score", change.b, "difference", change.difference.value,
      "stderr", change.difference.standard_error, "gained", comparison.improved, "lost", comparison.worsened,
      "low", Cell(change.interval), "p", comparison.p, "holm_p", comparison.adjusted_p, "detectable",
      change.difference.standard_error ? Cell(DetectableErrors(power) * *change.difference.standard_error)
                                       : Cell(std::nullopt),
      "clusters", comparison.documents, "verdict",
      VerdictOn(change.difference.value, false, comparison.adjusted_p, power.alpha));
}

/// exp of a measure: perplexities are compared by their ratio.
struct PerplexityRatio {
  std::string name, title;
  double a = 0, b = 0, ratio = 0;
  std::optional<ConfidenceInterval> interval;
};

std::vector<PerplexityRatio> PerplexitiesOf(const LossComparison& comparison) {
  struct Facts {
    LossMeasure measure;
    const char *name, *title;
    double nats;  // of its unit
  };
  const Facts all[] = {{LossMeasure::kNatsPerToken, "token_perplexity", "tokens", 1},
                       {LossMeasure::kBitsPerByte, "byte_perplexity", "bytes", std::numbers::ln2},
                       {LossMeasure::kNatsPerWord, "word_perplexity", "words", 1}};
  std::vector<PerplexityRatio> perplexities;
  for (const Facts& facts : all) {
    if (const LossChange* change = comparison.Find(facts.measure)) {
      const auto raised = [&](double value) { return std::exp(facts.nats * value); };
      PerplexityRatio& ratio = perplexities.emplace_back();
      ratio = {
          facts.name, facts.title, raised(change->a), raised(change->b), raised(change->difference.value),
          {}};
      if (change->interval) {
        ratio.interval = {raised(change->interval->low), raised(change->interval->high)};
      }
    }
  }
  return perplexities;
}

std::string PerplexityNote(const LossComparison& comparison) {
  std::string text;
  for (const PerplexityRatio& perplexity : PerplexitiesOf(comparison)) {
    text += (text.empty() ? "perplexity of " : "; of ") + perplexity.title + ": A " +
            FormatText("%.5g", perplexity.a) + ", B " + FormatText("%.5g", perplexity.b) + ", B / A " +
            FormatText("%.4g", perplexity.ratio);
    if (perplexity.interval) {
      text += " (" + FormatText("%.4g", perplexity.interval->low) + " to " +
              FormatText("%.4g", perplexity.interval->high) + ")";
    }
  }
  return text;
}

const char* ChangeName(double difference) {
  return difference < 0 ? "improved" : difference > 0 ? "worsened" : "same";
}

/// The documents of one report, in the given order.
Table DocumentTable(const std::vector<PairedLoss>& documents, bool same_tokens) {
  const char* measure = same_tokens ? "nats a token" : "bits a byte";
  Table table({{"source", "source"},
               {"document", "document", kNumber},
               {"id", "id"},
               {"a_tokens", same_tokens ? "tokens" : "", kNumber},
               {"b_tokens"},
               {"bytes", "bytes", kNumber},
               {"a_nll"},
               {"b_nll"},
               {"difference", "B − A, nats", kSigned},
               {"", std::string("A, ") + measure, Decimals(3), std::nullopt, "a"},
               {"", std::string("B, ") + measure, Decimals(3), std::nullopt, "b"},
               {"change", "B has"}});
  for (const PairedLoss& pair : documents) {
    const auto mean = [&](const DocumentLoss& loss) {
      const int64_t count = same_tokens ? loss.tokens : loss.bytes;
      const double unit = same_tokens ? 1 : std::numbers::log2e;
      return count > 0 ? std::optional(unit * loss.nll / static_cast<double>(count)) : std::nullopt;
    };
    const double difference = pair.b.nll - pair.a.nll;
    table.AddRow("source", pair.a.source, "document", pair.document, "id", pair.a.id, "a_tokens",
                 pair.a.tokens, "b_tokens", pair.b.tokens, "bytes", pair.a.bytes, "a_nll", pair.a.nll,
                 "b_nll", pair.b.nll, "difference", difference, "a", mean(pair.a), "b", mean(pair.b),
                 "change", ChangeName(difference));
  }
  return table;
}

std::string LargestDocumentChanges(const LossReport& report, TableFormat format) {
  constexpr size_t kShown = 8;
  std::vector<PairedLoss> changed = report.pairing.documents;
  std::erase_if(changed, [](const PairedLoss& pair) { return pair.a.nll == pair.b.nll; });
  if (changed.empty() || format == TableFormat::kCsv) {
    return "";
  }
  std::ranges::stable_sort(changed, std::ranges::greater(),
                           [](const PairedLoss& pair) { return std::abs(pair.b.nll - pair.a.nll); });
  const size_t all = changed.size();
  changed.resize(std::min(all, kShown));
  Table table = DocumentTable(changed, report.pairing.same_tokens);
  table.title = "The largest " + std::to_string(changed.size()) + " of " + std::to_string(all) +
                " changes (all of them: --changed_documents FILE)";
  return "\n" + ToText(table, format);
}

std::vector<std::string> LossNotes(const ComparisonOptions& options, bool explain) {
  const std::string replicates = std::to_string(options.bootstrap.replicates);
  std::vector<std::string> notes = {"losses: lower is better; bootstrap and sign flips: " + replicates +
                                    " replicates, seed " + std::to_string(options.bootstrap.seed) +
                                    "; significance level " + FixedText(options.power.alpha)};
  if (!explain) {
    notes.emplace_back("--explain prints what each column is");
    return notes;
  }
  std::vector<std::string> meanings = MeaningNotes(LossMeanings());
  notes.insert(notes.end(), meanings.begin(), meanings.end());
  return notes;
}

/// Of two models under which every document has the same loss.
std::string NothingChanged(const LossComparison& all) {
  return "No loss changed: the " + std::to_string(all.documents) +
         " documents have the same log-probabilities under both models.";
}

OrderedJson ReportJson(const LossReport& report, const ComparisonOptions& options) {
  OrderedJson perplexities = OrderedJson::object();
  for (const PerplexityRatio& perplexity : PerplexitiesOf(report.comparisons.back())) {
    OrderedJson interval;
    if (perplexity.interval) {
      interval = {perplexity.interval->low, perplexity.interval->high};
    }
    perplexities[perplexity.name] = {
        {"a", perplexity.a}, {"b", perplexity.b}, {"ratio", perplexity.ratio}, {"interval", interval}};
  }
  Table table = LossComparisonTable(report, options);
  return {{"a", report.a},
          {"b", report.b},
          {"window", ToJson(report.window)},
          {"same_tokens", report.pairing.same_tokens},
          {"losses", ToJson(table)},
          {"perplexities", perplexities},
          {"notes", report.pairing.notes}};
}

}  // namespace

std::vector<LossReport> CompareLossSets(std::span<const LossSet> sets, bool common_docs,
                                        const ComparisonOptions& options) {
  std::vector<LossReport> reports;
  for (const LossSet& other : sets.subspan(1)) {
    LossReport& report = reports.emplace_back();
    report = {.a = sets.front().name, .b = other.name, .window = other.contents.header.window};
    report.pairing = PairLosses(sets.front(), other, common_docs);
    report.comparisons =
        CompareLosses(report.pairing.documents, report.pairing.same_tokens, options.bootstrap);
  }
  AdjustLosses(reports);
  return reports;
}

Table LossComparisonTable(const LossReport& report, const ComparisonOptions& options) {
  constexpr Style kDifference = {.unit = {.decimals = kLossDecimals}, .sign = true};
  constexpr Style kError = {.unit = {.decimals = kLossDecimals}, .before = "± "};
  const std::string interval = FixedText(100 * options.bootstrap.confidence, 0) + " % interval";
  Table table({{"task", "text"},
               {"metric", "measure"},
               {"questions", "documents", {.grouped = true}, "documents"},
               {"a_score", "A", Decimals(kLossDecimals), "a"},
               {"b_score", "B", Decimals(kLossDecimals), "b"},
               {"difference", "B − A", kDifference},
               {"stderr", "± stderr", kError},
               {"gained", "B better", {.grouped = true}, "improved"},
               {"lost", "A better", {.grouped = true}, "worsened"},
               {{"low", "high"}, interval, kDifference, "interval"},
               {"p", "p", kProbability},
               {"exact_p", "", kText, ""},
               {"holm_p", "p (Holm)", kProbability},
               {"detectable", "detectable", Decimals(kLossDecimals)},
               {"clusters", "", kText, ""},
               {"verdict", "B is"}},
              "Loss on text. A: " + report.a + "   B: " + report.b);
  for (size_t i = 0; i < report.comparisons.size(); ++i) {
    if (i > 0 && i + 1 == report.comparisons.size()) {
      table.AddRule();
    }
    for (const LossChange& change : report.comparisons[i].changes) {
      AddChange(report.comparisons[i], change, options.power, table);
    }
  }
  table.notes = report.pairing.notes;
  table.notes.push_back(PerplexityNote(report.comparisons.back()));
  return table;
}

std::vector<ColumnMeaning> LossMeanings() {
  return {{"A, B",
           "sum of −log probability over all documents, divided by all tokens (nats a token), bytes (bits a "
           "byte) or "
           "words (nats a word)"},
          {"B − A", "difference of the two losses, in their unit; below 0, B is better"},
          {"± stderr", "standard error of B − A, clustered by document"},
          {"B better, A better", "number of documents to which this model gives the higher probability"},
          {"95 % interval",
           "percentile interval of B − A from the paired bootstrap, which draws documents with their "
           "differences and "
           "lengths"},
          {"p",
           "probability of a difference at least as large if both models are equally good, two-sided: sign "
           "flips of "
           "the differences of whole documents. One test for all measures"},
          {"p (Holm)",
           "p adjusted by Holm's method for the sources of all comparisons; \"all\" of each comparison is a "
           "family of "
           "its own"},
          {"detectable",
           "smallest difference that a test of so many documents finds 4 times out of 5: 2.80 standard "
           "errors, in the "
           "unit of the loss"},
          {"B is",
           "better or worse if p (Holm) is below the significance level, otherwise \"cannot tell\", which "
           "does not "
           "mean the same"}};
}

std::string LossComparisonTables(std::span<const LossReport> reports, const ComparisonOptions& options,
                                 TableFormat format, bool explain) {
  std::string text;
  Table all;
  bool tables = false;
  for (const LossReport& report : reports) {
    Table table = LossComparisonTable(report, options);
    const LossComparison& whole = report.comparisons.back();
    if (whole.improved + whole.worsened > 0) {
      tables = true;
      text += ToText(table, format) + LargestDocumentChanges(report, format) + "\n";
    } else {
      text += TitleText(table.title, format) + NotesText({NothingChanged(whole)}, format) + "\n";
    }
    table.Prepend(MakeRow("a", report.a, "b", report.b));
    all.Append(table);
  }
  return format == TableFormat::kCsv ? ToCsv(all)
                                     : text + (tables ? NotesText(LossNotes(options, explain), format) : "");
}

OrderedJson LossComparisonJson(std::span<const LossReport> reports, const ComparisonOptions& options) {
  OrderedJson json = OrderedJson::array();
  for (const LossReport& report : reports) {
    json.push_back(ReportJson(report, options));
  }
  return json;
}

std::string DocumentChangesCsv(std::span<const LossReport> reports) {
  Table all;
  for (const LossReport& report : reports) {
    Table table = DocumentTable(report.pairing.documents, report.pairing.same_tokens);
    table.Prepend(MakeRow("a", report.a, "b", report.b));
    all.Append(table);
  }
  return ToCsv(all);
}

}  // namespace vffn
