#include "base/near_names.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <numeric>
#include <utility>

namespace vffn {
namespace {

constexpr size_t kMostSuggestions = 5;
constexpr size_t kShort = 6;  // a shorter name is like too many
constexpr size_t kPart = 3;   // shorter parts are in too many names

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
  std::vector<size_t> before, above, row(to.size() + 1);  // of the first i - 2, i - 1 and i characters
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= from.size(); ++i) {
    before = std::exchange(above, row);
    row[0] = i;
    for (size_t j = 1; j <= to.size(); ++j) {
      const size_t changed = above[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      row[j] = std::min({changed, above[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
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

std::string DidYouMean(std::string_view name, std::span<const std::string> known) {
  const std::string plain = PlainName(name);
  const size_t most_edits = plain.size() < 2 ? 0 : plain.size() < kShort ? 1 : 2;
  std::vector<std::string> likely = NearestNames(name, known, most_edits);
  if (likely.empty() && plain.size() >= kPart) {
    std::ranges::copy_if(known, std::back_inserter(likely), [&](const std::string& each) {
      return PlainName(each).find(plain) != std::string::npos;
    });
  }
  likely.resize(std::min(likely.size(), kMostSuggestions));
  std::string text;
  for (size_t i = 0; i < likely.size(); ++i) {
    text += (i == 0 ? "; did you mean " : i + 1 < likely.size() ? ", " : " or ") + likely[i];
  }
  return text + (likely.empty() ? "" : "?");
}

std::string DidYouMeanOneOf(std::string_view name, std::span<const std::string> known, std::string lead) {
  std::string text = DidYouMean(name, known);
  if (text.empty()) {
    text = "; ";
  } else {
    text += " ";
    lead[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(lead[0])));
  }
  text += lead;
  for (size_t i = 0; i < known.size(); ++i) {
    text += (i == 0 ? " " : ", ") + known[i];
  }
  return text;
}

}  // namespace vffn
