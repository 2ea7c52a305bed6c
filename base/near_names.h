// Names that somebody may have meant.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

/// How many letters and digits must be changed, added, removed or swapped with their neighbour to get from
/// one name to the other. Case and other characters do not count: "--outputpath" and "--output-path" are the
/// same.
size_t NameDistance(std::string_view a, std::string_view b);

/// The names that differ from `name` the least, in their order; none if the least is over `most_edits`.
std::vector<std::string> NearestNames(std::string_view name, std::span<const std::string> known,
                                      size_t most_edits = 2);

/// "; did you mean eval?" or "; did you mean rc_0shot or rc_5shot?", for the end of a message about a name
/// that is not known: the nearest names (one edit away from a short name, two from a long one), or else those
/// that contain it. At most five; empty if there are none.
std::string DidYouMean(std::string_view name, std::span<const std::string> known);

/// As DidYouMean, and all names: "; did you mean olmo? Choose one of olmo, lm-eval", or "; choose one of
/// olmo, lm-eval". `lead` stands before the names.
std::string DidYouMeanOneOf(std::string_view name, std::span<const std::string> known,
                            std::string lead = "choose one of");

}  // namespace vffn
