#include "eval/plan_encoding.h"

namespace vffn {

EncodingOptions EncodingOf(const Profile& profile, const TokenPlacement& placement, int64_t max_length,
                           int64_t embedding_rows) {
  const auto& empty_context = placement.empty_context;
  return {
      .tokenisation = profile.encoding == Encoding::kJoint ? Tokenisation::kJoint : Tokenisation::kSeparate,
      .max_sequence_length = max_length,
      .special_tokens = placement.around,
      .marked_begin = placement.marked_begin,
      .empty_context = empty_context ? std::optional(empty_context->id) : std::nullopt,
      .embedding_rows = embedding_rows};
}

}  // namespace vffn
