#include "model/ffn/token_orders.h"

#include <numeric>

namespace vffn {

LoopOrder OrderByLoops(std::span<const int64_t> counts, int64_t max_loops) {
  LoopOrder order{.rows = std::vector<int64_t>(counts.size()),
                  .places = std::vector<int64_t>(counts.size()),
                  .histogram = std::vector<int64_t>(max_loops)};
  for (const int64_t count : counts) {
    ++order.histogram[count - 1];
  }
  std::vector<int64_t> next(max_loops);  // the next place of each count
  for (int64_t count = max_loops - 1; count > 0; --count) {
    next[count - 1] = next[count] + order.histogram[count];
  }
  for (size_t row = 0; row < counts.size(); ++row) {
    order.places[row] = next[counts[row] - 1]++;
    order.rows[order.places[row]] = static_cast<int64_t>(row);
  }
  return order;
}

LoopOrder OrderOfTokens(int64_t tokens) {
  LoopOrder order{.rows = std::vector<int64_t>(tokens)};
  std::iota(order.rows.begin(), order.rows.end(), 0);
  order.places = order.rows;
  return order;
}

ExpertPairs SortByExpert(std::span<const int64_t> rows, std::span<const int64_t> experts, int64_t n_experts) {
  ExpertPairs pairs{.begin = std::vector<int64_t>(n_experts + 1),
                    .rows = std::vector<int64_t>(experts.size()),
                    .places = std::vector<int64_t>(experts.size())};
  for (const int64_t expert : experts) {
    ++pairs.begin[expert + 1];
  }
  std::partial_sum(pairs.begin.begin(), pairs.begin.end(), pairs.begin.begin());
  std::vector<int64_t> next(pairs.begin.begin(), pairs.begin.end() - 1);
  const size_t k = rows.empty() ? 0 : experts.size() / rows.size();
  for (size_t i = 0; i < experts.size(); ++i) {
    pairs.places[i] = next[experts[i]]++;
    pairs.rows[pairs.places[i]] = rows[i / k];
  }
  return pairs;
}

}  // namespace vffn
