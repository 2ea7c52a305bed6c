// What the analyses of traces found, as records (reports/traces/records.h).
#pragma once

#include <string>
#include <vector>

#include "analysis/branch_cosine.h"
#include "analysis/experts.h"
#include "analysis/loops.h"
#include "analysis/tokens.h"
#include "analysis/words.h"
#include "reports/traces/records.h"

namespace vffn {

/// A table and the name of its file.
struct NamedRecords {
  std::string name;
  Records records;
};

/// loops_averages: sharing, part, tokens, docs, mean_loops (N_mean), share_below_max (P), their errors,
/// FLOPs; loops_layers: sharing, part, layer, tokens, mean_loops, standard_error; loops_histogram: sharing,
/// part, layer, loops, tokens, share.
std::vector<NamedRecords> LoopRecords(const std::vector<LoopCounts>& counts);

/// experts_balance: sharing, part, layer, tokens, routed_tokens, entropy, evenness, max_to_mean, variation;
/// experts_load: sharing, part, layer, expert, tokens, share, gate_weight.
std::vector<NamedRecords> ExpertRecords(const std::vector<ExpertCounts>& counts);

/// cosine_layers: layer, tokens, undefined, mean, standard_error, deviation, lowest, highest;
/// cosine_histogram: layer, low, high, tokens.
std::vector<NamedRecords> CosineRecords(const std::vector<CosineDistribution>& layers);

/// cosine_heatmap: row, row_token (width), column, column_token (depth), cosine.
NamedRecords HeatmapRecords(const CosineHeatmap& heatmap);

/// words: layer, bin, word, count, docs, share, log_odds, log_odds_low, log_odds_high, z;
/// words_bins: layer, bin, lambda_low, lambda_high, words.
std::vector<NamedRecords> WordRecords(const WordReport& report);

/// tokens: trace ("real", "control"), quantity, layer (null: mean of all), rho, low, high, tokens, docs.
Records TokenRecords(const std::string& trace, const std::vector<TokenCorrelation>& correlations);

}  // namespace vffn
