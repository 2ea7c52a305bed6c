// A reproduction for programs.
#pragma once

#include <string>

#include "base/json.h"
#include "reports/reproduction/reproduction.h"

namespace vffn {

/// Every cell on a line, those of other models last (their table is "other"): table, scale, row, column, run,
/// untrained, published, ours, stderr, questions, difference, low, high, p, adjusted_p, verdict, note. What
/// is absent is empty.
std::string ReproductionCsv(const Reproduction& reproduction);

/// {"rule": {...}, "runs": [...], "cells": [...]}: absent is null; a cell's run is its index.
OrderedJson ReproductionJson(const Reproduction& reproduction);

}  // namespace vffn
