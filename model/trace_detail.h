// How much of a forward pass a trace asks for. No torch here.
#pragma once

namespace vffn {

enum class TraceDetail {
  kDecisions,  ///< loop counts, lambda, experts: no extra work
  kBranches,   ///< also the outputs of the branches; the width branch then runs for every token
};

}  // namespace vffn
