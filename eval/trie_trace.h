// The first half of a doc's trace: what its trie and its scores say of every token.
#pragma once

#include <span>

#include "eval/scorer.h"
#include "eval/token_trie.h"
#include "trace/doc_trace.h"

namespace vffn {

/// Everything of DocTrace but `pieces` and the fields per layer, which the caller fills for the trie's nodes
/// in their order. `scores` are the doc's, a request each. Unconditional requests are traced like the others:
/// `choices` numbers them after the choices.
DocTrace TraceTokens(const RequestDoc& doc, const TokenTrie& trie, std::span<const RequestScores> scores);

}  // namespace vffn
