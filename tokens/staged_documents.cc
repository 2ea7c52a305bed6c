#include "tokens/staged_documents.h"

#include <algorithm>
#include <limits>
#include <map>

#include "base/error.h"

namespace vffn {

StagedDocuments::StagedDocuments(const StagedRuns& runs) {
  std::map<int64_t, size_t> logs;
  for (const RunRecord& record : runs.records()) {
    const auto [log, added] = logs.emplace(record.log, logs_.size());
    if (added) {
      logs_.emplace_back(runs.LogPath(record.log));
    }
    const std::string origin = runs.LogPath(record.log).string();
    const std::string_view bytes = logs_[log->second].bytes();
    VFFN_CHECK(record.offset + record.bytes <= static_cast<int64_t>(bytes.size()), origin,
               ": truncated; delete the folder and run again");
    runs_.push_back(
        {RunView(bytes.substr(static_cast<size_t>(record.offset), static_cast<size_t>(record.bytes)), origin),
         record});
  }
}

OrderedDocument StagedDocuments::Document(const Reference& reference) const {
  const Run& run = runs_[reference.run];
  const StagedDocument staged = run.view.document(reference.document);
  return {run.record.file,         staged.key,          staged.location, run.view.id(staged),
          run.view.tokens(staged), staged.held_out != 0};
}

/// Documents whose key is from `low` to `high`, both included.
void StagedDocuments::VisitRange(uint64_t low, uint64_t high, const DocumentVisitor& visit) const {
  std::vector<Reference> references;
  for (size_t i = 0; i < runs_.size(); ++i) {
    const RunView& view = runs_[i].view;
    const int64_t end =
        high == std::numeric_limits<uint64_t>::max() ? view.documents() : view.LowerBound(high + 1);
    for (int64_t j = view.LowerBound(low); j < end; ++j) {
      references.push_back({view.document(j).key, i, j});
    }
  }
  // Runs are in the order of the input, equal keys in a run in the order of their documents.
  std::stable_sort(references.begin(), references.end(),
                   [](const Reference& a, const Reference& b) { return a.key < b.key; });
  for (const Reference& reference : references) {
    visit(Document(reference));
  }
}

void StagedDocuments::ForEach(OrderKind order, int64_t range_bytes, const DocumentVisitor& visit) const {
  if (order == OrderKind::kInput) {
    for (size_t i = 0; i < runs_.size(); ++i) {
      for (int64_t j = 0; j < runs_[i].view.documents(); ++j) {
        visit(Document({0, i, j}));
      }
    }
    return;
  }
  uint64_t lowest = std::numeric_limits<uint64_t>::max(), highest = 0;
  int64_t bytes = 0;
  for (const Run& run : runs_) {
    bytes += run.record.bytes;
    if (run.view.documents() > 0) {
      lowest = std::min(lowest, run.view.document(0).key);
      highest = std::max(highest, run.view.document(run.view.documents() - 1).key);
    }
  }
  const auto ranges = static_cast<uint64_t>(bytes / range_bytes + 1);
  const uint64_t step = lowest <= highest ? (highest - lowest) / ranges : 0;
  for (uint64_t range = 0; range < ranges && lowest <= highest; ++range) {
    const uint64_t low = lowest + range * step;
    VisitRange(low + (range > 0 ? 1 : 0), range + 1 == ranges ? highest : low + step, visit);
  }
}

}  // namespace vffn
