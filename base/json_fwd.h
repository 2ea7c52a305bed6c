// The JSON types by name alone, for headers that only pass values on: it compiles in a fraction of
// base/json.h's time.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace vffn {

using Json = nlohmann::json;
/// Keeps keys in the order in which they were added. Used for files that the program writes.
using OrderedJson = nlohmann::ordered_json;

}  // namespace vffn
