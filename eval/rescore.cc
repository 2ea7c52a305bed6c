#include "eval/rescore.h"

#include "base/error.h"

namespace vffn {

Results Rescore(const LedgerContents& ledger, const Profile& profile, const CalibrationOptions& calibration) {
  const RunIdentity& identity = ledger.header.identity;
  CheckHoldsTokensOf(profile, identity, ledger.origin);
  std::vector<TaskDocs> tasks;
  for (const LedgerTask& task : ledger.tasks) {
    const auto docs = ledger.docs.find(task.name);
    if (docs == ledger.docs.end() || docs->second.empty()) {
      continue;
    }
    TaskDocs& selected = tasks.emplace_back(TaskDocs{.task = task});
    for (const auto& [doc_id, doc] : docs->second) {
      selected.docs.push_back(&doc);
    }
  }
  VFFN_CHECK(!tasks.empty(), ledger.origin,
             ": no doc was scored; the run that wrote the ledger must go on first (--resume)");
  return ComputeResults(profile, identity, tasks, calibration);
}

}  // namespace vffn
