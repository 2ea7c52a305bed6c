// Orders of tokens in which every product reads rows that are needed, and no others. No torch here.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vffn {

/// Tokens by descending loop count; those of the same count keep their order. The tokens that are active in
/// an iteration are the first ones.
struct LoopOrder {
  std::vector<int64_t> rows;       ///< [T] the token in each place
  std::vector<int64_t> places;     ///< [T] the place of each token
  std::vector<int64_t> histogram;  ///< [L_max]: tokens of 1, 2, ... loops
};

/// Of `counts` [T], each 1 to `max_loops`.
LoopOrder OrderByLoops(std::span<const int64_t> counts, int64_t max_loops);

/// The tokens as they are, without loops.
LoopOrder OrderOfTokens(int64_t tokens);

/// The pairs (token, one of its k experts) by expert; those of the same expert keep their order.
struct ExpertPairs {
  std::vector<int64_t> begin;   ///< [N + 1] the pairs of expert e are [begin[e], begin[e + 1])
  std::vector<int64_t> rows;    ///< [pairs] the token's row
  std::vector<int64_t> places;  ///< [tokens, k] the pair of a token and its j-th expert
};

/// Of tokens in the given rows, with `experts` [tokens, k], each 0 to n_experts - 1.
ExpertPairs SortByExpert(std::span<const int64_t> rows, std::span<const int64_t> experts, int64_t n_experts);

}  // namespace vffn
