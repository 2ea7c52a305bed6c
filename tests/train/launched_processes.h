// Several processes of this test program, with the environment that torchrun would give them.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace vffn {

using Environment = std::map<std::string, std::string>;

struct FinishedProcess {
  int exit_code = 0;   ///< minus the number of the signal that ended it
  std::string output;  ///< standard output and standard error
};

/// This program.
std::string ThisProgram();

/// Starts `command`, whose first element is the path of a program. Adds `environment` to the one here,
/// without the variables that torchrun sets.
pid_t StartProcess(const std::vector<std::string>& command, const Environment& environment,
                   const std::string& output_file);

/// Waits for it. A process that still runs after `seconds` is killed, which is seen at its exit code.
FinishedProcess FinishProcess(pid_t process, const std::string& output_file, double seconds = 60);

/// A TCP port of this machine that nobody uses now.
int FreePort();

/// Runs `THIS_PROGRAM --worker SCENARIO` in `count` processes, RANK 0 to count - 1.
std::vector<FinishedProcess> RunWorkers(int count, const std::string& scenario);

}  // namespace vffn
