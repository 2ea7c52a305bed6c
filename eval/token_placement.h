// The special tokens that a run puts around its texts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "eval/profiles.h"
#include "text/special_tokens.h"

namespace vffn {

struct TokenPlacement {
  TokensAround around;                        ///< of every context, or of every joint text (Encoding::kJoint)
  std::string around_reason;                  ///< in words, with the file that decided
  std::optional<SpecialToken> empty_context;  ///< the context of a request whose context is empty

  /// A text that begins with this gets no special tokens, as in lm-evaluation-harness; empty: no such text.
  std::string marked_begin;

  /// "before [1], after [], empty context [1]": for the identity of a run.
  std::string Ids() const;
};

/// `add_bos` is --add_bos_token: true puts BOS, and nothing else, around the texts; false puts nothing.
/// Throws Error if it is true and the model's files name no BOS token.
TokenPlacement PlaceSpecialTokens(const Profile& profile, const SpecialTokens& special,
                                  std::optional<bool> add_bos);

/// The names, separated by commas, of the profiles that put these tokens around the same prompts.
std::string ProfilesWithTokens(const Profile& profile, const SpecialTokens& special,
                               std::optional<bool> add_bos);

}  // namespace vffn
