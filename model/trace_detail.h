// How much a forward pass is asked to show. No torch here.
#pragma once

namespace vffn {

enum class TraceDetail {
  kDecisions,  ///< loop counts, lambda, experts: known anyway
  kBranches,   ///< also what the branches computed; the width branch is then run for every token
};

}  // namespace vffn
