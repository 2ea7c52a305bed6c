#include "eval/rescore.h"

namespace vffn {

Results Rescore(const LedgerContents& ledger, const Profile& profile, const CalibrationOptions& calibration) {
  const RunIdentity& identity = ledger.header.identity;
  CheckHoldsTokensOf(profile, identity, ledger.origin);
  std::vector<TaskDocs> tasks;
  for (const LedgerTask& task : ledger.tasks) {
    TaskDocs& selected = tasks.emplace_back(TaskDocs{.task = task});
    const auto docs = ledger.docs.find(task.name);
    if (docs == ledger.docs.end()) {
      continue;
    }
    for (const auto& [doc_id, doc] : docs->second) {
      selected.docs.push_back(&doc);
    }
  }
  return ComputeResults(profile, identity, tasks, calibration);
}

}  // namespace vffn
