#include "model/ffn/loop_shuffle.h"

#include <numeric>
#include <random>
#include <utility>

namespace vffn {
namespace {

/// FNV-1a over 64-bit words.
class Hash {
 public:
  void Add(uint64_t word) {
    for (int shift = 0; shift < 64; shift += 8) {
      value_ = (value_ ^ ((word >> shift) & 0xff)) * 0x100000001b3u;
    }
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xcbf29ce484222325u;
};

/// Uniform in [0, n): the same on every machine, which the standard's distributions are not.
uint64_t Below(std::mt19937_64& generator, uint64_t n) {
  const uint64_t limit = ~uint64_t{0} - ~uint64_t{0} % n;
  uint64_t draw;
  do {
    draw = generator();
  } while (draw >= limit);
  return draw % n;
}

}  // namespace

std::vector<int64_t> ShuffledRows(const PackedBatch& batch, uint64_t seed, int64_t layer) {
  std::vector<int64_t> rows(batch.size());
  std::iota(rows.begin(), rows.end(), int64_t{0});
  for (size_t first = 0; first < batch.segments.size();) {
    size_t last = first + 1;  // the segment after the trie's last one
    while (last < batch.segments.size() && batch.segments[last].parent >= 0) {
      ++last;
    }
    const int64_t begin = batch.segments[first].begin;
    const int64_t end = batch.segments[last - 1].end;
    Hash hash;
    hash.Add(seed);
    hash.Add(static_cast<uint64_t>(layer));
    for (int64_t row = begin; row < end; ++row) {
      hash.Add(static_cast<uint64_t>(batch.tokens[row]));
      hash.Add(static_cast<uint64_t>(batch.positions[row]));
    }
    std::mt19937_64 generator(hash.value());
    for (int64_t i = end - begin - 1; i > 0; --i) {
      std::swap(rows[begin + i], rows[begin + static_cast<int64_t>(Below(generator, i + 1))]);
    }
    first = last;
  }
  return rows;
}

}  // namespace vffn
