// What the analyses of traces found, to be read by people.
#pragma once

#include <string>
#include <vector>

#include "reports/tables/text_table.h"
#include "reports/traces/trace_records.h"

namespace vffn {

/// Layer, mean loops ± standard error, share of each loop count.
TextTable LoopLayerTable(const LoopCounts& counts);

/// A row per convention: tokens, N_mean, P, FFN FLOPs by the paper's formula and exactly, in millions.
TextTable LoopAverageTable(const std::vector<LoopCounts>& counts);

/// Layer, share of tokens routed, share of each expert, evenness, largest load / mean.
TextTable ExpertTable(const ExpertCounts& counts);

/// Layer, tokens, mean ± standard error, standard deviation, range.
TextTable CosineTable(const std::vector<CosineDistribution>& layers);

/// The `most` words of every bin that are most frequent, and the `most` that are most typical of it (greatest
/// z).
TextTable WordTable(const WordReport& report, size_t most);

/// A row per quantity and layer, with a second pair of columns for the control if it is not empty.
TextTable TokenTable(const std::vector<TokenCorrelation>& real, const std::vector<TokenCorrelation>& control);

}  // namespace vffn
