#include <algorithm>

#include "reports/tables/number_text.h"
#include "reports/traces/trace_tables.h"

namespace vffn {
namespace {

std::string FirstWords(const std::vector<const WordScore*>& scores, size_t most) {
  std::vector<std::string> words;
  for (size_t i = 0; i < std::min(most, scores.size()); ++i) {
    words.push_back(scores[i]->word);
  }
  return words.empty() ? "-" : JoinedText(words, " ");
}

Cell IntervalOf(const RankCorrelation& correlation) {
  return correlation.low ? Cell(ConfidenceInterval{*correlation.low, *correlation.high}) : Cell(std::nullopt);
}

void AddCorrelation(const char* trace, const TokenCorrelation& one, const TokenCorrelation* control,
                    Table& table) {
  const RankCorrelation& correlation = one.correlation;
  Row row = MakeRow("trace", trace, "quantity", NameOf(one.quantity), "layer",
                    one.layer ? Cell(*one.layer) : Cell(std::nullopt).Shown("mean"), "tokens",
                    correlation.tokens, "Tokens", correlation.tokens, "docs", correlation.clusters, "Docs",
                    correlation.clusters, "rho", correlation.rho, "low", IntervalOf(correlation));
  if (control != nullptr) {
    row.emplace_back("Control rho", control->correlation.rho);
    row.emplace_back("Control interval", IntervalOf(control->correlation));
  }
  table.AddRow(row);
}

const TokenCorrelation* FindSame(const std::vector<TokenCorrelation>& all, const TokenCorrelation& one) {
  const auto same = std::ranges::find_if(all, [&](const TokenCorrelation& other) {
    return other.quantity == one.quantity && other.layer == one.layer;
  });
  return same == all.end() ? nullptr : &*same;
}

}  // namespace

Table WordTable(const WordReport& report, size_t most) {
  Table table("words_bins", {{"layer"},
                             {"bin", "Bin"},
                             {{"lambda_low", "lambda_high"}},
                             {"words", "Words"},
                             {"", "Most frequent"},
                             {"", "Most typical"}});
  for (const WordBin& bin : report.bins) {
    std::vector<const WordScore*> frequent, typical;
    for (const WordScore& score : bin.scores) {
      frequent.push_back(&score);
      if (score.z && *score.z > 0) {
        typical.push_back(&score);
      }
    }
    std::ranges::stable_sort(typical, std::ranges::greater(),
                             [](const WordScore* score) { return *score->z; });
    table.AddRow("layer", report.layer, "bin", bin.bin.name, "lambda_low",
                 ConfidenceInterval{bin.bin.low, bin.bin.high}, "words", bin.words, "Most frequent",
                 FirstWords(frequent, most), "Most typical", FirstWords(typical, most));
  }
  return table;
}

std::vector<Table> WordTables(const WordReport& report) {
  Table words = DataTable("words", {"layer", "bin", "word", "count", "docs", "share", "log_odds",
                                    "log_odds_low", "log_odds_high", "z"});
  for (const WordBin& bin : report.bins) {
    for (const WordScore& score : bin.scores) {
      words.AddRow("layer", report.layer, "bin", bin.bin.name, "word", score.word, "count", score.count,
                   "docs", score.docs, "share", score.share, "log_odds", score.log_odds, "log_odds_low",
                   score.low, "log_odds_high", score.high, "z", score.z);
    }
  }
  return {std::move(words), WordTable(report, 0)};
}

Table TokenTable(const std::vector<TokenCorrelation>& real, const std::vector<TokenCorrelation>& control) {
  const Style style = Decimals(3);
  std::vector<Column> columns = {{"trace"},
                                 {"quantity", "Loops against"},
                                 {"layer", "Layer", kNumber},
                                 {"", "Tokens", kNumber},
                                 {"", "Docs", kNumber},
                                 {"rho", "Rho", style},
                                 {{"low", "high"}, "Interval", style},
                                 {"tokens"},
                                 {"docs"}};
  if (!control.empty()) {
    columns.push_back({"", "Control rho", style});
    columns.push_back({"", "Control interval", style});
  }
  Table table("tokens", std::move(columns));
  static const TokenCorrelation kUnknown{};
  for (const TokenCorrelation& one : real) {
    const TokenCorrelation* same = FindSame(control, one);
    AddCorrelation("real", one, control.empty() ? nullptr : same == nullptr ? &kUnknown : same, table);
  }
  return table;
}

Table TokenData(const std::vector<TokenCorrelation>& real, const std::vector<TokenCorrelation>& control) {
  Table table = TokenTable(real, {});
  for (const TokenCorrelation& one : control) {
    AddCorrelation("control", one, nullptr, table);
  }
  return table;
}

}  // namespace vffn
