#include "reports/drawing/length.h"

#include <charconv>
#include <map>

#include "base/error.h"
#include "base/near_names.h"

namespace vffn {
namespace {

constexpr double kInch = 25.4;            // millimetres
constexpr double kPoint = kInch / 72.27;  // of TeX, in which templates state their widths

/// Millimetres of a unit; 0 of another text.
double UnitOf(const std::string& unit) {
  static const std::map<std::string, double> kUnits = {{"", 1},       {"mm", 1},          {"cm", 10},
                                                       {"in", kInch}, {"pt", kInch / 72}, {"px", kInch / 96}};
  const auto found = kUnits.find(unit);
  return found == kUnits.end() ? 0 : found->second;
}

double NamedOrNone(const std::string& text) {
  for (const NamedLength& length : NamedLengths()) {
    if (length.name == text) {
      return length.millimetres;
    }
  }
  return 0;
}

}  // namespace

const std::vector<NamedLength>& NamedLengths() {
  static const std::vector<NamedLength> kLengths = {
      {"column", 3.3 * kInch, "a column of a two-column paper, 3.3 in"},
      {"text", 6.8 * kInch, "both columns, 6.8 in"},
      {"acl", 219.08 * kPoint, "a column of ACL and EMNLP"},
      {"icml", 234.88 * kPoint, "a column of ICML"},
      {"ieee", 252 * kPoint, "a column of IEEE"},
      {"neurips", 397.48 * kPoint, "the text of NeurIPS and ICLR"}};
  return kLengths;
}

double ParseLength(const std::string& text, const std::string& option) {
  constexpr double kLeast = 20, kMost = 1000;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  double millimetres = NamedOrNone(text);
  if (millimetres == 0) {
    size_t unit = static_cast<size_t>(end - text.data());
    unit = text.find_first_not_of(' ', unit) == std::string::npos ? text.size()
                                                                  : text.find_first_not_of(' ', unit);
    millimetres = error == std::errc() ? number * UnitOf(text.substr(unit)) : 0;
    std::vector<std::string> names;
    for (const NamedLength& length : NamedLengths()) {
      names.push_back(length.name);
    }
    VFFN_CHECK(error == std::errc() && (number == 0 || millimetres != 0), option, " ", text,
               ": give a length such as 80mm, 3.3in, 8cm, 240pt or 300px",
               DidYouMeanOneOf(text, names, "or the width of a template:"));
  }
  VFFN_CHECK(millimetres >= kLeast && millimetres <= kMost, option, " ", text, ": ", millimetres,
             " mm is not within ", kLeast, " to ", kMost, " mm");
  return millimetres * 96 / kInch;
}

}  // namespace vffn
