// A receiver of traces that passes docs on in a given order, so that the files of a trace do not depend on
// which worker was faster.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "trace/doc_trace.h"

namespace vffn {

class OrderedSink : public TraceSink {
 public:
  using DocName = std::pair<std::string, int64_t>;  ///< task, doc_id

  explicit OrderedSink(TraceSink& sink) : sink_(sink) {}

  /// The docs that come next, in their order. Docs that are held from before are dropped.
  void Expect(std::vector<DocName> docs);

  const TraceShape& shape() const override { return sink_.shape(); }

  /// Holds the doc until all that were expected before it have been passed on. Throws Error if it was not
  /// expected, or what the receiver throws.
  void Write(const DocTrace& doc) override;

  /// Passes on what is held, in order: the docs before them do not come.
  void Release();

 private:
  void PassOn();

  TraceSink& sink_;
  std::mutex mutex_;
  std::map<DocName, size_t> places_;
  std::map<size_t, DocTrace> held_;  // by place
  size_t next_ = 0;
};

}  // namespace vffn
