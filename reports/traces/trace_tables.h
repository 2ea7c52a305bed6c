// The results of analyses of traces as tables. A table's name is that of its file; people see some of its
// columns, CSV and JSON the others.
#pragma once

#include <string>
#include <vector>

#include "analysis/branch_cosine.h"
#include "analysis/difficulty.h"
#include "analysis/experts.h"
#include "analysis/loops.h"
#include "analysis/tokens.h"
#include "analysis/words.h"
#include "reports/tables/table.h"

namespace vffn {

/// "loops_averages", a row per way of counting: tokens, docs, N_mean, P and FFN FLOPs by the paper's formula
/// with standard errors, exact FFN FLOPs and those of routing.
Table LoopAverageTable(const std::vector<LoopCounts>& counts);

/// "loops_layers": tokens and mean loops ± standard error of each layer; people see the share of each loop
/// count, too.
Table LoopLayerTable(const LoopCounts& counts);

/// The averages, the layers under every way of counting, and "loops_histogram": tokens and share of each
/// layer and loop count.
std::vector<Table> LoopTables(const std::vector<LoopCounts>& counts);

/// "loops_groups": docs, tokens, N_mean, P and lambda with standard errors of each group; with difficulties
/// the error rate and the bits per byte of right answers, too.
Table GroupTable(const std::vector<GroupLoops>& groups, const std::optional<DifficultyOfGroups>& difficulty);

/// "loops_groups_layers", for programs: mean loops and lambda of each group and layer.
Table GroupLayerTable(const std::vector<GroupLoops>& groups);

/// "loops_groups_tests": whether the means of the groups are equal, and whether harder groups and wrongly
/// answered docs get more loops.
Table GroupTestTable(const std::vector<GroupLoops>& groups, const std::optional<DifficultyOfGroups>& across,
                     const std::optional<DifficultyInTasks>& within);

/// "loops_within_tasks": loops of docs answered wrongly and rightly, and the correlation of loss and loops.
Table WithinTasksTable(const DifficultyInTasks& within);

/// "experts_balance": routed tokens, entropy, evenness, largest load / mean load and variation of each layer;
/// people see the share of each expert, too, or of the heaviest one of more than 16.
Table ExpertTable(const ExpertCounts& counts);

/// The balance under every way of counting, and "experts_load": tokens, share and gate weight of each layer
/// and expert.
std::vector<Table> ExpertTables(const std::vector<ExpertCounts>& counts);

/// "cosine_layers": tokens, mean ± standard error, standard deviation and range of each layer.
Table CosineTable(const std::vector<CosineDistribution>& layers);

/// The layers, and "cosine_histogram": tokens in each layer and bin.
std::vector<Table> CosineTables(const std::vector<CosineDistribution>& layers);

/// "cosine_heatmap", for programs: row, row_token (width), column, column_token (depth), cosine.
Table HeatmapTable(const CosineHeatmap& heatmap);

/// "words_bins": range of lambda and number of words of each bin; people see the `most` words that are most
/// frequent, and the `most` that are most typical of it (greatest z).
Table WordTable(const WordReport& report, size_t most);

/// "words", for programs: counts and log-odds of every bin and word; and the bins.
std::vector<Table> WordTables(const WordReport& report);

/// "tokens": rank correlation, its interval, tokens and docs of each quantity and layer ("mean": of all
/// layers). People see the correlation in the control beside it, unless `control` is empty; programs read the
/// control in rows of its own.
Table TokenTable(const std::vector<TokenCorrelation>& real, const std::vector<TokenCorrelation>& control);
Table TokenData(const std::vector<TokenCorrelation>& real, const std::vector<TokenCorrelation>& control);

}  // namespace vffn
