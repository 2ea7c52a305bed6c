#include "tests/apps/run_program.h"

#include <stdio.h>
#include <sys/wait.h>

#include "base/error.h"

namespace vffn {

ProgramRun RunProgram(const std::string& arguments, const std::filesystem::path& folder) {
  const std::string command = "cd " + folder.string() + " && " + VFFN_PROGRAM + " " + arguments + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  VFFN_CHECK(pipe != nullptr, command, ": cannot be run");
  ProgramRun run;
  char buffer[4096];
  for (size_t size; (size = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) {
    run.output.append(buffer, size);
  }
  const int status = pclose(pipe);
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return run;
}

}  // namespace vffn
