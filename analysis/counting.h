// Ways of counting tokens in an average. The paper does not say which one it uses (section 4.2 averages "over
// the ARC-c dataset"), so all are offered.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "trace/doc_trace.h"

namespace vffn {

enum class Sharing {
  kOnce,      ///< "once": a token that a doc's requests share counts once, as it is computed
  kRepeated,  ///< "repeated": it counts in every request that reads it, as if each were run by itself
};

enum class Part {
  kAll,           ///< "all"
  kContext,       ///< "context"
  kContinuation,  ///< "continuation": tokens whose log-probability is part of a score
};

/// Only tokens that went through the model count; no convention counts padding.
struct Counting {
  Sharing sharing = Sharing::kOnce;
  Part part = Part::kAll;

  bool operator==(const Counting&) const = default;
};

inline constexpr std::array<Counting, 6> kCountings = {{{Sharing::kOnce, Part::kAll},
                                                        {Sharing::kOnce, Part::kContext},
                                                        {Sharing::kOnce, Part::kContinuation},
                                                        {Sharing::kRepeated, Part::kAll},
                                                        {Sharing::kRepeated, Part::kContext},
                                                        {Sharing::kRepeated, Part::kContinuation}}};

std::string_view NameOf(Sharing sharing);
std::string_view NameOf(Part part);

/// How often a node that was run counts. One that is context to one request and continuation to another is
/// both.
int64_t CountOf(const DocTrace& doc, int64_t node, const Counting& counting);

}  // namespace vffn
