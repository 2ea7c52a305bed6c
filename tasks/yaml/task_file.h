// Task files of lm-evaluation-harness 0.4.13, as far as its scores come from likelihoods. docs/yaml_tasks.md
// describes the schema.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tasks/doc.h"
#include "tasks/rendered_task.h"
#include "tasks/yaml/field_template.h"
#include "tasks/yaml/yaml_value.h"

namespace vffn {

enum class YamlOutput {
  kMultipleChoice,  ///< choices after a context
  kLikelihood,      ///< one target after a context
  kRolling,         ///< a text from its first character on
};

/// How a doc becomes texts: once for the docs that are scored, once for the solved examples before them.
struct YamlPrompt {
  FieldTemplate text, target;            ///< doc_to_text, doc_to_target
  std::optional<FieldTemplate> choices;  ///< doc_to_choice
  std::string target_delimiter = " ";
  std::string fewshot_delimiter = "\n\n";
};

/// Where the docs are.
struct YamlData {
  std::string path;                                            ///< dataset_path
  std::string config;                                          ///< dataset_name; empty: none
  std::map<std::string, std::vector<std::string>> files = {};  ///< dataset_kwargs.data_files, by split
  std::string folder = {};                                     ///< dataset_kwargs.data_dir; empty: none
  std::filesystem::path base = {};                             ///< relative files are below it
};

struct YamlTask {
  std::string name;
  std::filesystem::path file;
  std::vector<std::string> tags;
  YamlOutput output = YamlOutput::kMultipleChoice;
  YamlData data;
  std::string split;          ///< that is scored: test_split, or else validation_split
  std::string test_split;     ///< empty: none
  YamlPrompt prompt, solved;  ///< `solved`: of the solved examples
  std::optional<FieldTemplate> description;
  int64_t shots = 0;                       ///< num_fewshot
  std::optional<std::string> shots_split;  ///< fewshot_split
  std::string shots_fallback;              ///< the split that has them if no split is named
  std::vector<Doc> samples;                ///< fewshot_config.samples, in the place of a split
  StatedMetrics metrics;
  std::string texts;  ///< of the file and those that it includes
};

/// The mapping of a file, merged with those of the files that it includes: its own keys win. Adds the texts
/// of all to `texts`. Throws Error as ReadYamlFile, and on files that do not exist or include each other.
YamlValue ReadWithIncludes(const std::filesystem::path& path, std::string& texts);

/// Reads a task and the files that it includes. Throws Error, naming the file and the line, on damaged files,
/// files that include each other, templates that Template refuses, and on every key that would change scores
/// and is not supported: the message says what to do. Keys that change nothing are ignored; a key that the
/// harness does not know is an error.
YamlTask ReadYamlTask(const std::filesystem::path& path);

}  // namespace vffn
