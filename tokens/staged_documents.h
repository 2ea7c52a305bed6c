// All documents of a job in the order in which they are written.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "tokens/document_order.h"
#include "tokens/staged_runs.h"

namespace vffn {

struct OrderedDocument {
  size_t file = 0;  ///< index of the input file
  uint64_t key = 0;
  int64_t location = 0;
  std::string_view id, tokens;
  bool held_out = false;
};

using DocumentVisitor = std::function<void(const OrderedDocument&)>;

/// The runs of a finished StagedRuns, mapped into memory.
class StagedDocuments {
 public:
  explicit StagedDocuments(const StagedRuns& runs);

  /// Calls `visit` with every document in ascending (key, file, location). Sorted runs are merged a range of
  /// keys at a time: memory is needed for the references to about `range_bytes` of tokens only.
  void ForEach(OrderKind order, int64_t range_bytes, const DocumentVisitor& visit) const;

 private:
  struct Run {
    RunView view;
    RunRecord record;
  };
  struct Reference {
    uint64_t key = 0;
    size_t run = 0;
    int64_t document = 0;
  };

  OrderedDocument Document(const Reference& reference) const;
  void VisitRange(uint64_t low, uint64_t high, const DocumentVisitor& visit) const;

  std::vector<MappedFile> logs_;
  std::vector<Run> runs_;  // in the order of the input
};

}  // namespace vffn
