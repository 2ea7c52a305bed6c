// The skill that a task, or a doc, asks for.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

/// The category of a task by its name, whatever form of it was scored ("oe:basic_skills_coding/rc_5shot"):
///   basic_skills_NAME                       "arithmetic", "coding", "common knowledge", ...
///   minerva_math_NAME, gsm8k                "mathematics: algebra", ...; "mathematics: word problems"
///   mt_mbpp_LANGUAGE, codex_humaneval, ...  "code: rust"; "code: python"
///   mmlu_SUBJECT, mmlu_CATEGORY             "MMLU: STEM", "MMLU: humanities", "MMLU: social sciences",
///                                           "MMLU: other" (the categories of MMLU's authors)
///   any other                               its name without form and "oe:"
std::string CategoryOfTask(std::string_view task);

/// Categories as a user states them.
class SkillCategories {
 public:
  /// CSV with the columns task, category and perhaps doc_id, or a JSON object {"task": "category"}. Throws
  /// Error naming file and line or task on a missing column, an empty category, a doc_id that is no number,
  /// and a task or doc that is there twice.
  static SkillCategories FromFile(const std::filesystem::path& path);

  /// The value of a field of each doc's record ("subject") in sample files of `vffn eval --log_samples` or of
  /// lm-evaluation-harness. Throws Error naming file and line if a record lacks the field or it is no text,
  /// number or truth value.
  static SkillCategories FromSamples(const std::vector<std::filesystem::path>& files,
                                     const std::string& field);

  /// The doc's category if there is one, else its task's, else CategoryOfTask.
  std::string Of(const std::string& task, int64_t doc_id) const;

 private:
  std::map<std::string, std::string> tasks_;
  std::map<std::pair<std::string, int64_t>, std::string> docs_;  // by the task's name in file names
};

}  // namespace vffn
