#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <set>

#include "apps/commands/commands.h"
#include "apps/options/page_options.h"
#include "base/error.h"
#include "base/file_bytes.h"
#include "base/json.h"
#include "reports/reproduction/run_report.h"
#include "runs/folders/named_run.h"

extern char** environ;

namespace vffn {
namespace {

namespace fs = std::filesystem;

struct BrowseOptions {
  std::vector<std::string> runs;
  std::string output;
  PageFlags page;
  bool no_open = false;
};

/// A page that was named, or the folder of a report.
std::optional<fs::path> NamedPage(const std::vector<std::string>& named) {
  if (named.size() != 1) {
    return std::nullopt;
  }
  const fs::path path = named.front();
  if (path.extension() == ".html") {
    VFFN_CHECK(fs::exists(path), path.string(), ": there is no such page");
    return path;
  }
  const fs::path page = path / "report.html";
  const bool is_report = fs::exists(page) && fs::exists(path / "tables.json");
  return is_report ? std::optional(page) : std::nullopt;
}

/// The folders of the runs that the user named, each once.
std::vector<fs::path> FoldersOf(const std::vector<std::string>& named) {
  std::set<fs::path> folders;
  for (const fs::path path : named) {
    VFFN_CHECK(fs::exists(path), path.string(), ": there is no such file or folder");
    const std::vector<RunFolder> within =
        fs::is_directory(path) ? RunFolder::AllWithin(path) : std::vector{RunFolder::Of(path)};
    for (const RunFolder& run : within) {
      folders.insert(fs::canonical(run.path()));
    }
    if (within.empty()) {
      FindRun(path, RunContent::kScores);  // says what is there instead
    }
  }
  return {folders.begin(), folders.end()};
}

/// The folder of a page: in the run's folder, or in the one that all runs are in.
fs::path PageFolderOf(const std::vector<fs::path>& runs) {
  fs::path common = runs.front();
  for (const fs::path& run : runs) {
    const auto end = std::mismatch(common.begin(), common.end(), run.begin(), run.end()).first;
    fs::path shared;
    std::for_each(common.begin(), end, [&](const fs::path& part) { shared /= part; });
    common = shared;
  }
  return common / "report";
}

/// When the last of a run's own files was written; reports in the folder are not its own.
fs::file_time_type LastChange(const fs::path& run) {
  fs::file_time_type last = fs::file_time_type::min();
  for (const fs::directory_entry& entry : fs::directory_iterator(run)) {
    const std::string end = entry.path().extension().string();
    if (entry.is_regular_file() && (end == ".json" || end == ".jsonl")) {
      last = std::max(last, entry.last_write_time());
    }
  }
  if (const RunFolder folder(run); folder.HasTrace()) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder.trace())) {
      last = std::max(last, entry.last_write_time());
    }
  }
  return last;
}

/// The folders of the runs that a report is of.
std::set<fs::path> RunsOfReport(const fs::path& folder) {
  const Json tables = ReadJsonFile(folder / "tables.json");
  std::set<fs::path> runs;
  for (const Json& run : tables.value("runs", Json::array())) {
    runs.insert(fs::weakly_canonical(RunFolder::Of(run.value("source", "")).path()));
  }
  for (const Json& run : tables.value("loss_runs", Json::array())) {
    runs.insert(fs::weakly_canonical(RunFolder::Of(run["loss"].value("file", "")).path()));
  }
  return runs;
}

/// Whether a folder has a page of these runs that is younger than they are. One without all questions is made
/// again: the data may be there now.
bool HasFreshPage(const fs::path& folder, const std::vector<fs::path>& runs) {
  const fs::path page = folder / "report.html";
  if (!fs::exists(page) || !fs::exists(folder / "tables.json") ||
      RunsOfReport(folder) != std::set<fs::path>(runs.begin(), runs.end()) ||
      ReadFileBytes(page).find("<section id=\"missing\"") != std::string::npos) {
    return false;
  }
  return std::ranges::all_of(
      runs, [&](const fs::path& run) { return LastChange(run) <= fs::last_write_time(page); });
}

fs::path MakePage(const BrowseOptions& options) {
  const std::vector<fs::path> runs = FoldersOf(options.runs);
  const fs::path folder = options.output.empty() ? PageFolderOf(runs) : fs::path(options.output);
  if (options.page.given() || !HasFreshPage(folder, runs)) {
    const RunReportOptions page = PageOptionsOf(options.page);
    WriteRunReport(MakeRunReport(ReadReportRuns({options.runs.begin(), options.runs.end()}), page), page,
                   folder);
  }
  return folder / "report.html";
}

bool HasDisplay() {
  return std::ranges::any_of(std::vector{"DISPLAY", "WAYLAND_DISPLAY"}, [](const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
  });
}

/// Whether the desktop's program for pages took it.
bool OpenOnDesktop(const fs::path& page) {
  std::string program = "xdg-open", path = page.string();
  char* arguments[] = {program.data(), path.data(), nullptr};
  pid_t process = 0;
  if (posix_spawnp(&process, program.c_str(), nullptr, nullptr, arguments, environ) != 0) {
    return false;
  }
  int status = 0;
  return waitpid(process, &status, 0) == process && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// "file:///tmp/a%20b.html".
std::string UrlOf(const fs::path& path) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string url = "file://";
  for (const char c : path.string()) {
    if (kPlain.find(c) != std::string_view::npos) {
      url += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      url += {'%', kDigits[byte / 16], kDigits[byte % 16]};
    }
  }
  return url;
}

/// How to see a page where there is no desktop.
void PrintWays(const fs::path& page) {
  std::cout << "page: " << page.string() << "\nURL:  " << UrlOf(page)
            << "\nover ssh: here    python3 -m http.server 8000 --bind 127.0.0.1 --directory '"
            << page.parent_path().string()
            << "'\n          there   ssh -L 8000:127.0.0.1:8000 THIS_MACHINE, then http://127.0.0.1:8000/"
            << page.filename().string() << '\n';
}

void RunBrowse(const BrowseOptions& options) {
  CheckIsFolder(options.output, "the page in it is report.html");
  std::optional<fs::path> page = options.output.empty() ? NamedPage(options.runs) : std::nullopt;
  const fs::path path = fs::canonical(page ? *page : MakePage(options));
  if (!options.no_open && HasDisplay() && OpenOnDesktop(path)) {
    std::cout << "opened " << path.string() << '\n';
  } else {
    PrintWays(path);
  }
}

}  // namespace

void AddBrowseCommand(Command& program) {
  auto options = std::make_shared<BrowseOptions>();
  Command& command = program.AddCommand("browse",
                                        "Show the page of runs: tables, figures, and every question token by "
                                        "token. Makes the page if it is not "
                                        "there or older than the runs.");
  command.BeginGroup("Input");
  command
      .Add("runs", &options->runs,
           "Output folders of 'vffn eval' and 'vffn loss', files in them, or a folder with several of them. "
           "A page "
           "(report.html), or the folder of 'vffn report' or 'vffn reproduce', is shown as it is.")
      .Required();
  command.BeginGroup("Output");
  command
      .Add("--output,--output_path DIR", &options->output, "Folder of the page, its tables and its figures.")
      .Default("'report' in the folder of the run, or in the one that holds all runs");
  command.Add("--no-open,--no_open", &options->no_open,
              "Print where the page is, also on a machine with a desktop.");
  AddPageOptions(options->page, command);
  command.AddExample("vffn browse output/versatile");
  command.AddExample("vffn browse output/base output/versatile --output report");
  command.OnRun([options] { RunBrowse(*options); });
}

}  // namespace vffn
