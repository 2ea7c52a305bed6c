#include "reports/drawing/layer_list.h"

#include <charconv>
#include <set>
#include <sstream>

#include "base/error.h"

namespace vffn {
namespace {

constexpr int64_t kMostLayers = 100000;

int64_t LayerNumber(const std::string& text, const std::string& list, const std::string& option) {
  const size_t begin = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
  const std::string digits = begin == std::string::npos ? "" : text.substr(begin, last - begin + 1);
  int64_t number = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  VFFN_CHECK(
      error == std::errc() && end == digits.data() + digits.size() && number >= 0 && number < kMostLayers,
      option, " ", list, ": \"", digits, "\" is no number of a layer; give a list such as 0-5,14");
  return number;
}

}  // namespace

std::vector<int64_t> ParseLayerList(const std::string& text, const std::string& option) {
  std::set<int64_t> layers;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const size_t dash = part.find('-', 1);
    const int64_t first = LayerNumber(part.substr(0, dash), text, option);
    const int64_t last = dash == std::string::npos ? first : LayerNumber(part.substr(dash + 1), text, option);
    VFFN_CHECK(first <= last, option, " ", text, ": ", first, " is after ", last);
    for (int64_t layer = first; layer <= last; ++layer) {
      layers.insert(layer);
    }
  }
  return {layers.begin(), layers.end()};
}

}  // namespace vffn
