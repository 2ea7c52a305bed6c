// Files of reports/published/, compiled in by CMake.
#pragma once

#include <string_view>

namespace vffn {

extern const std::string_view kPublishedVersatileFfn;  ///< versatileffn.csv

}  // namespace vffn
