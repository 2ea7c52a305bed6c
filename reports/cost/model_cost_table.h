// Parameters and FLOPs of models as tables.
#pragma once

#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "reports/cost/model_cost.h"
#include "reports/tables/table_text.h"

namespace vffn {

/// For every model: its parameters by tensor group; its MFLOPs by kind of work, by formula, exact and
/// executed, of a token and of one layer (from a configuration) or of a token, a doc and each layer (of a
/// run); notes on the averages. Several models are first compared in a table of their own. "-" marks numbers
/// that need a run or loop averages.
///
/// CSV: one table of exact numbers with the columns model, quantity (parameters, flops_per_token,
/// flops_per_document ...), layer (all, 0, 1 ...), kind, paper, exact, executed.
std::string ModelCostTables(const std::vector<ModelCost>& costs, TableFormat format);

/// A list with one object a model: name, config, parameters, averages, flops_per_token, layers and, of a run,
/// its counts and flops_per_document. What is not known is null.
OrderedJson ModelCostJson(const std::vector<ModelCost>& costs);

}  // namespace vffn
