// How a profile encodes texts for a model.
#pragma once

#include <cstdint>

#include "eval/profiles.h"
#include "eval/request_encoder.h"
#include "eval/token_placement.h"

namespace vffn {

/// The profile's way of tokenising, with those special tokens. A sequence has at most `max_length` tokens;
/// the model reads ids below `embedding_rows`.
EncodingOptions EncodingOf(const Profile& profile, const TokenPlacement& placement, int64_t max_length,
                           int64_t embedding_rows);

}  // namespace vffn
