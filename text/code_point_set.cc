#include "text/code_point_set.h"

#include <algorithm>

namespace vffn {

CodePointSet::CodePointSet(std::span<const CodePointRange> ranges) : ranges_(ranges.begin(), ranges.end()) {
  std::sort(ranges_.begin(), ranges_.end(),
            [](const CodePointRange& a, const CodePointRange& b) { return a.first < b.first; });
  size_t count = 0;
  for (const CodePointRange range : ranges_) {
    if (count > 0 && range.first <= ranges_[count - 1].last + 1) {
      ranges_[count - 1].last = std::max(ranges_[count - 1].last, range.last);
    } else {
      ranges_[count++] = range;
    }
  }
  ranges_.resize(count);
}

bool CodePointSet::Contains(uint32_t code) const {
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), code,
                       [](uint32_t c, const CodePointRange& range) { return c < range.first; });
  return after != ranges_.begin() && code <= std::prev(after)->last;
}

CodePointSet CodePointSet::operator~() const {
  CodePointSet complement;
  uint32_t next = 0;
  for (const CodePointRange range : ranges_) {
    if (next < range.first) {
      complement.ranges_.push_back({next, range.first - 1});
    }
    next = range.last + 1;
  }
  if (next <= kLast) {
    complement.ranges_.push_back({next, kLast});
  }
  return complement;
}

CodePointSet CodePointSet::operator|(const CodePointSet& other) const {
  std::vector<CodePointRange> all = ranges_;
  all.insert(all.end(), other.ranges_.begin(), other.ranges_.end());
  return CodePointSet(all);
}

CodePointSet CodePointSet::operator&(const CodePointSet& other) const { return ~(~*this | ~other); }

bool CodePointSet::operator==(const CodePointSet& other) const {
  return std::equal(ranges_.begin(), ranges_.end(), other.ranges_.begin(), other.ranges_.end(),
                    [](const CodePointRange& a, const CodePointRange& b) {
                      return a.first == b.first && a.last == b.last;
                    });
}

CodePointTable::CodePointTable(const CodePointSet& set) : flags_(size_t{CodePointSet::kLast} + 1) {
  for (const auto [first, last] : set.ranges()) {
    std::fill(flags_.begin() + first, flags_.begin() + last + 1, uint8_t{1});
  }
}

}  // namespace vffn
