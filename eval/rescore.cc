#include "eval/rescore.h"

#include "base/error.h"

namespace vffn {

Results Rescore(const LedgerContents& ledger, const Profile& profile) {
  const LedgerIdentity& identity = ledger.header.identity;
  VFFN_CHECK(identity.rendering == NameOf(profile.rendering) && identity.encoding == NameOf(profile.encoding),
             ledger.origin, ": profile ", profile.name, " scores other tokens (rendering ",
             NameOf(profile.rendering), ", encoding ", NameOf(profile.encoding),
             ") than this ledger holds (rendering ", identity.rendering, ", encoding ", identity.encoding,
             "); they need the model: vffn eval --profile ", profile.name);
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
  return ComputeResults(profile, identity, tasks);
}

}  // namespace vffn
