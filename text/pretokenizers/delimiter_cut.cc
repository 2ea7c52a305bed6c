#include "text/pretokenizers/delimiter_cut.h"

#include <algorithm>

namespace vffn {
namespace {

struct TextPart {
  size_t begin, end;
  bool is_delimiter;
};

// The whole text as matches and what is between them.
void FindParts(size_t size, const std::vector<Regex::Match>& matches, bool invert,
               std::vector<TextPart>& parts) {
  parts.clear();
  size_t end = 0;
  for (const Regex::Match& match : matches) {
    if (end < match.begin) {
      parts.push_back({end, match.begin, invert});
    }
    parts.push_back({match.begin, match.end, !invert});
    end = match.end;
  }
  if (end < size) {
    parts.push_back({end, size, invert});
  }
}

// Joins each part to the one before it where `joins(part, previous)`.
template <class Joins>
void JoinParts(std::vector<TextPart>& parts, Joins joins) {
  size_t count = 0;
  bool previous = false;
  for (const TextPart part : parts) {
    if (count > 0 && joins(part.is_delimiter, previous)) {
      parts[count - 1].begin = std::min(parts[count - 1].begin, part.begin);
      parts[count - 1].end = std::max(parts[count - 1].end, part.end);
    } else {
      parts[count++] = part;
    }
    previous = part.is_delimiter;
  }
  parts.resize(count);
}

bool JoinsToNeighbour(bool is_delimiter, bool previous) { return is_delimiter && !previous; }

}  // namespace

void CutAtMatches(std::string_view text, const std::vector<Regex::Match>& matches, Cut cut,
                  std::vector<std::string_view>& words) {
  thread_local std::vector<TextPart> parts;
  FindParts(text.size(), matches, cut.invert, parts);
  switch (cut.behavior) {
    case Delimiter::kIsolated:
    case Delimiter::kRemoved:
      break;
    case Delimiter::kContiguous:
      JoinParts(parts, [](bool is_delimiter, bool previous) { return is_delimiter == previous; });
      break;
    case Delimiter::kWithPrevious:
      JoinParts(parts, JoinsToNeighbour);
      break;
    case Delimiter::kWithNext:
      std::reverse(parts.begin(), parts.end());
      JoinParts(parts, JoinsToNeighbour);
      std::reverse(parts.begin(), parts.end());
      break;
  }
  for (const TextPart& part : parts) {
    if (part.begin < part.end && !(cut.behavior == Delimiter::kRemoved && part.is_delimiter)) {
      words.push_back(text.substr(part.begin, part.end - part.begin));
    }
  }
}

std::string DescribeCut(Cut cut) {
  return "," + std::to_string(static_cast<int>(cut.behavior)) + (cut.invert ? ",inverted" : "");
}

}  // namespace vffn
