// The records of a ledger's questions, which tell the clusters that they come in. A ledger has none of their
// texts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runs/scores/score_set.h"

namespace vffn {

struct QuestionRecords {
  std::vector<Doc> docs;  ///< of the questions asked for, by doc_id
  std::string source;     ///< in words: "samples_sciq_2026-01-02.jsonl beside the ledger of output/base"
  std::string missing;    ///< in words, why there are no docs; empty if there are
};

/// The records of these questions of a task that two ledgers have: from the sample files beside either of
/// them, else from the data set, if it is the one that was scored. Samples count if they have the ledger's
/// log-likelihoods. Throws Error if a file is damaged.
QuestionRecords FindQuestionRecords(const std::string& task, std::span<const int64_t> doc_ids,
                                    const ScoreSet& a, const ScoreSet& b,
                                    const std::optional<std::filesystem::path>& data);

}  // namespace vffn
