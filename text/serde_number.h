// Numbers as Hugging Face's JSON reader has them.
#pragma once

#include <string_view>

namespace vffn {

/// The value of a JSON number with a point or an exponent as Rust's serde_json reads it without its feature
/// float_roundtrip: the first 19 or 20 digits, divided or multiplied by a power of ten. It may differ from
/// the nearest double in the last bit, which decides between equal scores of Unigram models.
double SerdeNumber(std::string_view text);

}  // namespace vffn
