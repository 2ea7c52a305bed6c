// What models cost, as tables.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "reports/cost/model_cost.h"
#include "reports/tables/text_table.h"

namespace vffn {

/// For every model its parameters by tensor group; its MFLOPs by kind of work, the three ways side by side:
/// of a token and of one layer (from a configuration), or of a token, a doc and each layer (of a run); and
/// what the averages are taken over. Several models are compared in a table of their own, first. "-" is what
/// needs a run or loop averages; a note says so.
///
/// As CSV one table of raw numbers: model, quantity (parameters, flops_per_token, flops_per_document ...),
/// layer (all, 0, 1 ...), kind, paper, exact, executed.
std::string ModelCostTables(const std::vector<ModelCost>& costs, TableFormat format);

/// A list with one object a model: name, config, parameters, averages, flops_per_token, layers and, of a run,
/// its counts and flops_per_document. What is not known is null.
OrderedJson ModelCostJson(const std::vector<ModelCost>& costs);

}  // namespace vffn
