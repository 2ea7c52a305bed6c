// What the program calls itself, in --version and in all it writes.
#pragma once

#include <optional>
#include <string>

namespace vffn {

/// "0.1.0"
std::string ProgramVersion();

/// The commit it was built from, as git describe names it; nothing if it was built outside a checkout.
std::optional<std::string> GitHash();

/// For --version: "vffn 0.1.0" on a line of its own, then lines "name  value" with what scores may depend on:
/// commit, LibTorch, kernels, processor, compiler.
std::string VersionText();

}  // namespace vffn
