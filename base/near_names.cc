#include "base/near_names.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace vffn {
namespace {

/// Letters and digits alone, in lower case.
std::string PlainName(std::string_view name) {
  std::string plain;
  for (const unsigned char c : name) {
    if (std::isalnum(c) != 0) {
      plain += static_cast<char>(std::tolower(c));
    }
  }
  return plain;
}

}  // namespace

size_t NameDistance(std::string_view a, std::string_view b) {
  const std::string from = PlainName(a), to = PlainName(b);
  std::vector<size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= from.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= to.size(); ++j) {
      const size_t changed = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({changed, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

std::vector<std::string> NearestNames(std::string_view name, std::span<const std::string> known,
                                      size_t most_edits) {
  std::vector<std::string> nearest;
  size_t least = most_edits;
  for (const std::string& each : known) {
    const size_t distance = NameDistance(each, name);
    if (distance < least) {
      nearest.clear();
      least = distance;
    }
    if (distance == least) {
      nearest.push_back(each);
    }
  }
  return nearest;
}

}  // namespace vffn
