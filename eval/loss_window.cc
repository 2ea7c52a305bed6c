#include "eval/loss_window.h"

#include <array>
#include <type_traits>
#include <utility>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"

namespace vffn {
namespace {

template <class T, size_t n>
using NamesOf = std::array<std::pair<T, std::string_view>, n>;

constexpr NamesOf<WindowKind, 5> kKinds = {{{WindowKind::kRolling, "rolling"},
                                            {WindowKind::kStride, "stride"},
                                            {WindowKind::kDisjoint, "disjoint"},
                                            {WindowKind::kChunks, "chunks"},
                                            {WindowKind::kPacked, "packed"}}};
constexpr NamesOf<ScoredTokens, 2> kScored = {
    {{ScoredTokens::kAll, "all"}, {ScoredTokens::kSecondHalf, "second_half"}}};
constexpr NamesOf<LossDenominator, 2> kDenominators = {
    {{LossDenominator::kScoredTokens, "scored_tokens"},
     {LossDenominator::kSequenceTokens, "sequence_tokens"}}};

template <class T, size_t n>
std::string_view NameIn(const NamesOf<T, n>& names, T value) {
  for (const auto& [known, name] : names) {
    if (known == value) {
      return name;
    }
  }
  Fail("no name for value ", static_cast<int>(value));
}

template <class T, size_t n>
T ValueIn(const NamesOf<T, n>& names, const std::string& text, const std::string& origin) {
  std::string list;
  for (const auto& [value, name] : names) {
    if (name == text) {
      return value;
    }
    list.append(list.empty() ? "" : ", ").append(name);
  }
  Fail(origin, ": \"", text, "\" is not one of ", list);
}

template <class T>
Json JsonOf(const T& field) {
  if constexpr (std::is_enum_v<T>) {
    return std::string(NameOf(field));
  } else if constexpr (std::is_same_v<T, std::optional<TokenId>>) {
    return field ? Json(*field) : Json(nullptr);
  } else {
    return field;
  }
}

std::string WithPrefix(const LossWindow& window, const std::string& before) {
  return window.prefix ? before + std::to_string(*window.prefix) : std::string();
}

}  // namespace

std::string_view NameOf(WindowKind kind) { return NameIn(kKinds, kind); }
std::string_view NameOf(ScoredTokens scored) { return NameIn(kScored, scored); }
std::string_view NameOf(LossDenominator denominator) { return NameIn(kDenominators, denominator); }

void Parse(const std::string& text, const std::string& origin, WindowKind& kind) {
  kind = ValueIn(kKinds, text, origin);
}
void Parse(const std::string& text, const std::string& origin, ScoredTokens& scored) {
  scored = ValueIn(kScored, text, origin);
}
void Parse(const std::string& text, const std::string& origin, LossDenominator& denominator) {
  denominator = ValueIn(kDenominators, text, origin);
}

OrderedJson ToJson(const LossWindow& window) {
  OrderedJson json = OrderedJson::object();
  LossWindow::Visit(window, [&](const char* name, const auto& field) { json[name] = JsonOf(field); });
  return json;
}

LossWindow ParseLossWindow(const Json& json, const std::string& origin) {
  return ReadAllFields<LossWindow>(Fields(json, origin, "window"));
}

std::string TextOf(const LossWindow& window) {
  const std::string length = std::to_string(window.length), stride = std::to_string(window.stride);
  switch (window.kind) {
    case WindowKind::kRolling:
      return "rolling windows of " + length + " tokens" + WithPrefix(window, ", the first one after token ") +
             " (lm-evaluation-harness)";
    case WindowKind::kStride:
      return "windows of " + length + " tokens that move by " + stride + " tokens" +
             WithPrefix(window, ", the first one after token ");
    case WindowKind::kDisjoint:
      return "windows of " + length +
             " tokens that do not overlap, the first one after the document's last token";
    case WindowKind::kChunks:
      return "chunks of " + length + " tokens" + WithPrefix(window, " that begin with token ") +
             ", of which the second half counts (llama.cpp)";
    case WindowKind::kPacked:
      return "packed sequences of " + length + " tokens (OLMo)" +
             (window.denominator == LossDenominator::kSequenceTokens
                  ? "; the sum is divided by all tokens of the sequences"
                  : "");
  }
  Fail("unknown kind of window");
}

std::vector<WindowDifference> DifferencesOf(const LossWindow& a, const LossWindow& b) {
  const OrderedJson of_a = ToJson(a), of_b = ToJson(b);
  const auto text = [](const OrderedJson& value) {
    return value.is_string() ? value.get<std::string>()
           : value.is_null() ? std::string("none")
                             : value.dump();
  };
  std::vector<WindowDifference> differences;
  for (const auto& [name, value] : of_a.items()) {
    if (value != of_b[name]) {
      differences.push_back({name, text(value), text(of_b[name])});
    }
  }
  return differences;
}

}  // namespace vffn
