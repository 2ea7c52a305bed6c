#include "reports/figures/renderer.h"

#include <glib.h>
#include <sys/wait.h>

#include <cstdlib>
#include <memory>

#include "base/error.h"
#include "reports/figures/render_figures.py.h"

namespace vffn {
namespace {

struct Outcome {
  int status;
  std::string output, errors;  ///< stdout, stderr
};

std::string Python() {
  const char* chosen = std::getenv("VFFN_PYTHON");
  return chosen != nullptr ? chosen : VFFN_SETUP_DIR "/venv/bin/python";
}

std::string TextOf(char* owned) {
  const std::unique_ptr<char, decltype(&g_free)> text(owned, g_free);
  return text == nullptr ? "" : text.get();
}

Outcome RunPython(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {Python(), "-I", "-c", std::string(kRenderFiguresPy)};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  char *output = nullptr, *errors = nullptr;
  Outcome outcome{};
  GError* error = nullptr;
  if (!g_spawn_sync(nullptr, argv.data(), nullptr, G_SPAWN_DEFAULT, nullptr, nullptr, &output, &errors,
                    &outcome.status, &error)) {
    const std::string message = error->message;
    g_error_free(error);
    Fail("figures are drawn by vl-convert, but ", Python(), " cannot be run (", message,
         "): run `make setup`");
  }
  outcome.output = TextOf(output);
  outcome.errors = TextOf(errors);
  return outcome;
}

std::string RunChecked(const std::vector<std::string>& arguments) {
  Outcome outcome = RunPython(arguments);
  VFFN_CHECK(outcome.errors.find("No module named 'vl_convert'") == std::string::npos,
             "figures are drawn by vl-convert, but ", Python(), " does not have it: run `make setup`");
  VFFN_CHECK(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0, "vl-convert failed:\n",
             outcome.errors, outcome.output);
  return std::move(outcome.output);
}

}  // namespace

bool HasRenderer() {
  std::error_code ignored;
  return std::filesystem::exists(Python(), ignored) && RunPython({"available"}).status == 0;
}

void CheckRenderer() { RunChecked({"available"}); }

void RunRenderer(const std::filesystem::path& folder, const std::vector<std::string>& names) {
  std::vector<std::string> arguments = {"render", folder.string()};
  arguments.insert(arguments.end(), names.begin(), names.end());
  RunChecked(arguments);
}

void DrawSvg(const std::filesystem::path& folder, const std::string& name) {
  RunChecked({"svg", folder.string(), name});
}

std::string ReadVegaBundle() { return RunChecked({"bundle"}); }

}  // namespace vffn
