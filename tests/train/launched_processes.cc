#include "tests/train/launched_processes.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/error.h"

namespace vffn {
namespace {

void ExchangeProcess(const std::vector<std::string>& command, const Environment& environment,
                     const std::string& output_file) {
  for (const char* name : {"RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT",
                           "TORCHELASTIC_USE_AGENT_STORE", "GLOO_SOCKET_IFNAME"}) {
    unsetenv(name);
  }
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  const int file = open(output_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(file, STDOUT_FILENO);
  dup2(file, STDERR_FILENO);
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
}

}  // namespace

std::string ThisProgram() { return std::filesystem::read_symlink("/proc/self/exe"); }

pid_t StartProcess(const std::vector<std::string>& command, const Environment& environment,
                   const std::string& output_file) {
  const pid_t process = fork();
  VFFN_CHECK(process >= 0, "fork failed");
  if (process == 0) {
    ExchangeProcess(command, environment, output_file);
    _exit(127);
  }
  return process;
}

FinishedProcess FinishProcess(pid_t process, const std::string& output_file, double seconds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  int status = 0;
  while (waitpid(process, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) kill(process, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  std::ostringstream output;
  output << std::ifstream(output_file).rdbuf();
  return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), .output = output.str()};
}

int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  const bool bound = bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(listener);
  VFFN_CHECK(bound, "no free port on 127.0.0.1");
  return ntohs(address.sin_port);
}

std::vector<FinishedProcess> RunWorkers(int count, const std::string& scenario) {
  Environment environment = {{"WORLD_SIZE", std::to_string(count)},
                             {"MASTER_ADDR", "127.0.0.1"},
                             {"MASTER_PORT", std::to_string(FreePort())}};
  std::string folder = (std::filesystem::temp_directory_path() / "vffn_workers_XXXXXX").string();
  VFFN_CHECK(mkdtemp(folder.data()), folder, ": cannot be created");
  const auto output_file = [&](int rank) { return folder + "/" + std::to_string(rank); };
  std::vector<pid_t> processes;
  for (int rank = 0; rank < count; ++rank) {
    environment["RANK"] = std::to_string(rank);
    processes.push_back(StartProcess({ThisProgram(), "--worker", scenario}, environment, output_file(rank)));
  }
  std::vector<FinishedProcess> finished;
  for (int rank = 0; rank < count; ++rank) {
    finished.push_back(FinishProcess(processes[rank], output_file(rank)));
  }
  std::filesystem::remove_all(folder);
  return finished;
}

}  // namespace vffn
