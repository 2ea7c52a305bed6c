// The program as a process.
#pragma once

#include <filesystem>
#include <string>

namespace vffn {

struct ProgramRun {
  int exit_code = 0;
  std::string output;  ///< standard output and standard error, as they came
};

/// Runs `vffn ARGUMENTS` through a shell in `folder`.
ProgramRun RunProgram(const std::string& arguments, const std::filesystem::path& folder = ".");

}  // namespace vffn
