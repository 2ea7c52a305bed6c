#include "model/ffn/loop_shuffle.h"

#include <numeric>
#include <string>
#include <utility>

#include "base/random.h"

namespace vffn {
namespace {

/// What the random numbers of rows [begin, end) depend on beside the seed.
std::string NameOfTrie(const PackedBatch& batch, int64_t begin, int64_t end, const std::string& layer) {
  std::string name = layer + ":";
  for (int64_t row = begin; row < end; ++row) {
    name += std::to_string(batch.tokens[row]) + "@" + std::to_string(batch.positions[row]) + " ";
  }
  return name;
}

/// Calls visit(begin, end, random) for the rows of each trie.
template <class Visit>
void ForEachTrie(const PackedBatch& batch, uint64_t seed, const std::string& layer, Visit&& visit) {
  for (size_t first = 0; first < batch.segments.size();) {
    size_t last = first + 1;  // the segment after the trie's last one
    while (last < batch.segments.size() && batch.segments[last].parent >= 0) {
      ++last;
    }
    const int64_t begin = batch.segments[first].begin;
    const int64_t end = batch.segments[last - 1].end;
    Random random(seed, NameOfTrie(batch, begin, end, layer));
    visit(begin, end, random);
    first = last;
  }
}

}  // namespace

std::vector<int64_t> ShuffledRows(const PackedBatch& batch, uint64_t seed, int64_t layer) {
  std::vector<int64_t> rows(batch.size());
  std::iota(rows.begin(), rows.end(), int64_t{0});
  ForEachTrie(batch, seed, std::to_string(layer), [&](int64_t begin, int64_t end, Random& random) {
    for (int64_t i = end - begin - 1; i > 0; --i) {
      std::swap(rows[begin + i],
                rows[begin + static_cast<int64_t>(random.Below(static_cast<uint64_t>(i) + 1))]);
    }
  });
  return rows;
}

std::vector<float> UniformRows(const PackedBatch& batch, uint64_t seed, int64_t layer) {
  std::vector<float> numbers(batch.size());
  ForEachTrie(batch, seed, "sample " + std::to_string(layer),
              [&](int64_t begin, int64_t end, Random& random) {
                for (int64_t row = begin; row < end; ++row) {
                  // 24 bits: a float never rounds up to 1.
                  numbers[row] = static_cast<float>(random.Next() >> 40) * 0x1p-24F;
                }
              });
  return numbers;
}

}  // namespace vffn
