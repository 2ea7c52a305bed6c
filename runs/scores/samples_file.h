// samples_*.jsonl: the scores of a task doc by doc, one JSON object a line, with the keys of
// lm-evaluation-harness 0.4.13. A doc with unconditional requests has their texts and scores after those of
// the choices, as the harness has for acc_mutual_info, and their number under "unconditional". The key
// "task", which the harness does not have, names the task, so that several files can be one table. Files of
// the harness are read, too, of all versions 0.4: those that write numbers and flags as strings (this program
// writes JSON numbers and booleans), arguments as lists instead of objects, or one JSON array of all samples.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/evaluation_plan.h"
#include "eval/ledger.h"
#include "eval/task_hash.h"
#include "tasks/doc.h"

namespace vffn {

struct SampleChoice {
  std::string context, continuation;  ///< empty if the file has other arguments than the two texts
  /// Of the continuation, natural log. Absent if the file has no finite number ("-inf", "nan", null).
  std::optional<double> log_likelihood;
  bool is_greedy = false;  ///< every token of the continuation is the most probable one

  bool operator==(const SampleChoice&) const = default;
};

struct SampleMetric {
  std::string name;  ///< "acc"
  double value = 0;

  bool operator==(const SampleMetric&) const = default;
};

struct Sample {
  Doc doc;                            ///< the raw record
  std::optional<std::string> target;  ///< the right choice: its index, or its text (in the harness's files)
  std::vector<SampleChoice> choices;
  std::vector<SampleChoice> unconditional;  ///< empty, or one per choice
  std::vector<SampleMetric> metrics;        ///< those with a numeric value
  SampleHashes hashes;                      ///< empty where the file has none
  std::string arguments_sha256;  ///< of all prompts and choices in a file, however written; set when read

  const SampleMetric* FindMetric(std::string_view metric) const;  ///< null if there is none
};

struct SamplesFile {
  std::string task;
  std::vector<Sample> samples;
};

/// The samples of one task's docs, in order. Throws Error if a doc is not in the ledger.
SamplesFile MakeSamplesFile(const Profile& profile, const TaskRun& run, const LedgerContents& ledger);

/// One line, with its newline. `task` is the true name: "gsm8k/gold_bpb_5shot".
std::string FormatSample(const std::string& task, const Sample& sample);

/// The inverse, also of a line of the harness. Throws Error, beginning with `origin` (file and line), on a
/// missing field, a wrong type, or a metric of this program that is not finite.
Sample ParseSample(const Json& row, const std::string& origin);

/// The task is what the samples say, in files without that key what the file's name says. Samples are in the
/// order of the file; blank lines are skipped. Throws Error naming file and line (or place in the array) as
/// ParseSample, on a duplicate doc_id, if samples are of different tasks, and if there are no samples.
SamplesFile ReadSamplesFile(const std::filesystem::path& path);

void WriteSamplesFile(const std::filesystem::path& path, const SamplesFile& file);

}  // namespace vffn
