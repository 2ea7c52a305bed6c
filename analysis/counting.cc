#include "analysis/counting.h"

#include <algorithm>

namespace vffn {

std::string_view NameOf(Sharing sharing) { return sharing == Sharing::kOnce ? "once" : "repeated"; }

std::string_view NameOf(Part part) {
  return part == Part::kAll ? "all" : part == Part::kContext ? "context" : "continuation";
}

int64_t CountOf(const DocTrace& doc, int64_t node, const Counting& counting) {
  const int64_t weight = doc.readers[node];
  // A request that ends with the node scores it without reading it: scored may be more than weight.
  const int64_t scored = std::min<int64_t>(doc.scored[node], weight);
  const int64_t count = counting.part == Part::kAll       ? weight
                        : counting.part == Part::kContext ? weight - scored
                                                          : scored;
  return counting.sharing == Sharing::kOnce ? std::min<int64_t>(count, 1) : count;
}

}  // namespace vffn
