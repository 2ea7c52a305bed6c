#include "reports/figures/renderer.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/error.h"
#include "base/file_bytes.h"
#include "reports/figures/render_figures.py.h"

extern char** environ;

namespace vffn {
namespace {

struct Outcome {
  int status;
  std::string output;  ///< stdout and stderr
};

std::filesystem::path Python() {
  const char* chosen = std::getenv("VFFN_PYTHON");
  return chosen != nullptr ? chosen : VFFN_SETUP_DIR "/venv/bin/python";
}

std::string ReadToEnd(int file) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t count = read(file, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return text;
    }
    text.append(buffer, static_cast<size_t>(count));
  }
}

Outcome RunPython(const std::vector<std::string>& arguments) {
  const std::string python = Python().string();
  std::vector<std::string> words = {python, "-I", "-c", std::string(kRenderFiguresPy)};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);

  int ends[2];
  VFFN_CHECK(pipe2(ends, O_CLOEXEC) == 0, "no pipe to the renderer: ", std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  pid_t child = 0;
  const int error = posix_spawn(&child, python.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (error != 0) {
    close(ends[0]);
    Fail("figures are drawn by vl-convert, but ", python, " cannot be run (", std::strerror(error),
         "): run `make setup`");
  }
  Outcome outcome{.status = 0, .output = ReadToEnd(ends[0])};
  close(ends[0]);
  while (waitpid(child, &outcome.status, 0) < 0 && errno == EINTR) {
  }
  return outcome;
}

void RunChecked(const std::vector<std::string>& arguments) {
  const Outcome outcome = RunPython(arguments);
  if (outcome.output.find("No module named 'vl_convert'") != std::string::npos) {
    Fail("figures are drawn by vl-convert, which ", Python().string(), " does not have: run `make setup`");
  }
  VFFN_CHECK(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0, "vl-convert failed:\n",
             outcome.output);
}

}  // namespace

bool HasRenderer() {
  const std::filesystem::path python = Python();
  std::error_code ignored;
  if (!std::filesystem::exists(python, ignored)) {
    return false;
  }
  return RunPython({"available"}).status == 0;
}

void RunRenderer(const std::filesystem::path& folder, const std::vector<std::string>& names) {
  std::vector<std::string> arguments = {"render", folder.string()};
  arguments.insert(arguments.end(), names.begin(), names.end());
  RunChecked(arguments);
}

std::string ReadVegaBundle() {
  std::string name = (std::filesystem::temp_directory_path() / "vffn_vega_XXXXXX").string();
  const int file = mkstemp(name.data());
  VFFN_CHECK(file >= 0, "no temporary file for Vega's bundle: ", std::strerror(errno));
  close(file);
  try {
    RunChecked({"bundle", name});
    std::string bundle = ReadFileBytes(name);
    unlink(name.c_str());
    return bundle;
  } catch (...) {
    unlink(name.c_str());
    throw;
  }
}

}  // namespace vffn
