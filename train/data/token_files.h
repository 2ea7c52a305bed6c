// The token files that a list of paths means.
#pragma once

#include <string>
#include <vector>

#include "tokens/token_file.h"

namespace vffn {

/// Opens the files as TokenSequences describes, and checks them against their manifests.
std::vector<TokenFile> OpenTokenFiles(const std::vector<std::string>& paths, const std::string& dtype);

}  // namespace vffn
